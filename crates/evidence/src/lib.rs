//! Statistics: rates, process control charts, difference-in-differences. A pure library.
