//! Typed columns of Parquet files.
