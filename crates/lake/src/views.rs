//! Views with words instead of numbers.
