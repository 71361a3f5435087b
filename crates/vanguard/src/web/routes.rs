//! Addresses, and the server behind them.

use super::errors::PageError;
use super::session::{COOKIE_NAME, Session};
use super::{Site, assets, headers, pages};
use axum::extract::{Form, Request};
use axum::http::header::{HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, serve as axum_serve};
use serde::Deserialize;
use std::net::TcpListener;
use std::sync::Arc;
use store::Role;

/// Serves a place until interrupted.
pub async fn serve(site: Site, listener: TcpListener) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let app = router(Arc::new(site));
    axum_serve(listener, app).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

async fn interrupted() {
    // Where the signal cannot be listened for, the process still ends when it is killed.
    let _ = tokio::signal::ctrl_c().await;
}

/// Every address of the service.
pub fn router(site: Arc<Site>) -> Router {
    pages::routes()
        .route("/role", post(switch_role))
        .route("/assets/{name}", get(assets::serve))
        .fallback(not_found)
        .with_state(site)
        .layer(middleware::from_fn(only_this_machine))
        .layer(middleware::from_fn(headers::security_headers))
}

async fn not_found(session: Session) -> Response {
    session.respond(Err(PageError::NotFound { what: None }))
}

#[derive(Debug, Deserialize)]
struct RoleForm {
    role: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    return_to: String,
}

/// Switches the role, then goes back to the page it was chosen on.
async fn switch_role(session: Session, Form(form): Form<RoleForm>) -> Response {
    let Some(role) = Role::from_name(&form.role) else {
        let problems = vec!["Choose one of the roles in the list at the top of the page.".to_owned()];
        return session.respond(Err(PageError::BadRequest { problems }));
    };
    let team: String = form.team.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    let cookie = format!("{COOKIE_NAME}={}.{team}; Path=/; HttpOnly; SameSite=Strict", role.name());
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, own_path(&form.return_to).to_owned())]).into_response()
}

/// An address of ours; anything that leads elsewhere becomes the overview.
fn own_path(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| b.is_ascii_graphic());
    if ours { path } else { "/" }
}

/// Answers only requests addressed to this machine, and forms only from our own pages: a page elsewhere must not be able
/// to read or act through a browser that runs here.
async fn only_this_machine(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if !is_loopback(host) {
        return (StatusCode::MISDIRECTED_REQUEST, "This service answers on this machine only: use 127.0.0.1\n")
            .into_response();
    }
    if !request.method().is_safe() && !from_own_page(headers, host) {
        return (StatusCode::FORBIDDEN, "This form did not come from a page of this service\n").into_response();
    }
    next.run(request).await
}

fn is_loopback(host: &str) -> bool {
    let name = host.strip_prefix('[').map_or_else(
        || host.rsplit_once(':').map_or(host, |(name, _)| name),
        |rest| rest.split(']').next().unwrap_or_default(),
    );
    matches!(name, "127.0.0.1" | "localhost" | "::1")
}

fn from_own_page(headers: &HeaderMap, host: &str) -> bool {
    match headers.get(ORIGIN).and_then(|o| o.to_str().ok()) {
        // Programs that are no browsers send none.
        None => true,
        Some(origin) => origin.strip_prefix("http://") == Some(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths() {
        for host in ["127.0.0.1:8400", "localhost", "[::1]:80"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.org", "127.0.0.1.example.org:8400", "", "10.0.0.1:8400"] {
            assert!(!is_loopback(host), "{host}");
        }
        assert_eq!(own_path("/person/12?tab=looks"), "/person/12?tab=looks");
        for elsewhere in ["//example.org", "https://example.org", "/\\example.org", "", "/a b", "/a\r\nb"] {
            assert_eq!(own_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
