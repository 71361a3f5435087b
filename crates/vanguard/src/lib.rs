//! The binary's parts as a library, so that tests reach them.

pub mod cli;
pub mod folder;
pub mod pipeline;
pub mod web;
