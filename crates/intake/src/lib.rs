//! Extracts to checked rows and quarantine, linked, to a lake snapshot.
