//! One file per page. A handler takes the session, makes a page or says why not, and is about ten lines long.

mod overview;

use super::Site;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// The addresses of all pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/", get(overview::show))
}
