//! The browser's files, embedded by the build: the design system, our additions, the icon and the licences.

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// One embedded file.
pub struct Asset {
    /// Its name below `/assets/`; holds the content's hash where `immutable`.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Whether a browser may keep it for ever: the name changes with the content.
    pub immutable: bool,
    /// The file.
    pub body: &'static [u8],
    /// The file packed with gzip.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of the licences of everything embedded in the pages.
pub const LICENCES: &str = "/assets/LICENCES.txt";

/// The asset of that name.
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// Answers `GET /assets/{name}`.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = find(&name) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let common = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, cache), (VARY, "accept-encoding")];
    if accepts_gzip(&headers) {
        (common, [(CONTENT_ENCODING, "gzip")], asset.gzip).into_response()
    } else {
        (common, asset.body).into_response()
    }
}

/// Whether the client names gzip without refusing it (`gzip;q=0`).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let Some(wanted) = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else { return false };
    wanted.split(',').any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
        is_gzip && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_clean_and_names_only_files_we_serve() {
        let style = ASSETS.iter().find(|asset| STYLE.ends_with(asset.name)).map(|asset| asset.body).unwrap();
        let style = std::str::from_utf8(style).unwrap();
        for unwanted in ["Frutiger", "@font-face", "http://", "https://", "sourceMappingURL"] {
            assert!(!style.contains(unwanted), "{unwanted} is in the style sheet");
        }
        let mut images = 0;
        for place in style.split("url(").skip(1) {
            let address = place.split(')').next().unwrap().trim_matches(['"', '\'']);
            let name = address.strip_prefix("/assets/").unwrap_or_else(|| panic!("{address} is not ours"));
            assert!(find(name).is_some(), "{name} is not embedded");
            images += 1;
        }
        assert!(images > 0, "the design system's icons were lost");
    }

    #[test]
    fn gzip_holds_the_same_bytes_in_less_room() {
        for asset in ASSETS.iter().filter(|asset| [STYLE, SCRIPT].iter().any(|address| address.ends_with(asset.name))) {
            assert!(asset.gzip.starts_with(&[0x1f, 0x8b]), "{} is not gzip", asset.name);
            assert!(asset.gzip.len() * 3 < asset.body.len(), "{} hardly shrank", asset.name);
            let length = u32::from_le_bytes(asset.gzip[asset.gzip.len() - 4..].try_into().unwrap());
            assert_eq!(length as usize, asset.body.len(), "{}", asset.name);
        }
    }

    #[test]
    fn a_refused_encoding_is_not_sent() {
        let header = |text: &str| HeaderMap::from_iter([(ACCEPT_ENCODING, text.parse().unwrap())]);
        assert!(accepts_gzip(&header("deflate, gzip;q=0.8, br")));
        assert!(!accepts_gzip(&header("gzip;q=0, br")));
        assert!(!accepts_gzip(&header("br")));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
