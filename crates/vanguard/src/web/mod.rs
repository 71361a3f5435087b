//! The web pages: assets, layout, components, charts, and one file per page. Every page works without JavaScript.

pub mod assets;
pub mod charts;
mod cohort_room;
pub mod components;
pub mod errors;
pub mod headers;
pub mod layout;
pub mod pages;
mod routes;
mod session;
mod site;

pub use pages::labels_csv;
pub use routes::serve;
pub use session::Session;
pub use site::Site;

#[cfg(test)]
mod preview;
