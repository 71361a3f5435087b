//! One person from many records: blocking, comparison, Fellegi-Sunter weights, clustering.
