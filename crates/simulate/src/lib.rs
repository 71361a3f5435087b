//! A synthetic place: realistic, messy extracts with known truth.
