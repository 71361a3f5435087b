//! Puts the browser's assets into the binary.
//!
//! The NHS design system is a locked npm package. It is taken from `web/node_modules` where that holds the locked
//! version, and otherwise installed into cargo's output folder, so that the source tree stays clean and two builds
//! never write to the same place. The style sheet loses the Frutiger font (its licence covers NHS sites only) and
//! every remote address; ours is appended; each file gets its content's hash in its name.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

const PACKAGE: &str = "nhsuk-frontend";
/// Everything the embedded assets depend on, relative to `web/`.
const WATCHED: [&str; 7] = [
    "package.json",
    "package-lock.json",
    ".npmrc",
    "src/vanguard.css",
    "src/vanguard.js",
    "src/favicon.svg",
    "src/nhsuk-frontend-licence.txt",
];

fn main() {
    if let Err(message) = run() {
        for line in message.lines() {
            println!("cargo::error={line}");
        }
        std::process::exit(1);
    }
}

fn run() -> Result<(), String> {
    let web = folder("CARGO_MANIFEST_DIR")?.join("../../web");
    let out = folder("OUT_DIR")?;
    println!("cargo::rerun-if-changed=build.rs");
    for name in WATCHED {
        println!("cargo::rerun-if-changed=../../web/{name}");
    }
    let version = locked_version(&read(&web.join("package-lock.json"))?)?;
    let package = design_system(&web, &out, &version)?;
    // The markup tests compare our components with the fixtures in this folder.
    println!("cargo::rustc-env=VANGUARD_NHSUK_FRONTEND={}", package.display());

    let mut assets = Assets::new(&out)?;
    let style = style_sheet(&package, &version, &read(&web.join("src/vanguard.css"))?, &mut assets)?;
    let script = script(&package, &version, &read(&web.join("src/vanguard.js"))?)?;
    let style_name = assets.add_hashed("vanguard", "css", style.as_bytes())?;
    let script_name = assets.add_hashed("vanguard", "js", script.as_bytes())?;
    let icon_name = assets.add_hashed("favicon", "svg", read(&web.join("src/favicon.svg"))?.as_bytes())?;
    let licence = format!(
        "{PACKAGE} {version}, the NHS design system, is part of this program's pages.\n\
         The Frutiger font and the NHS logo are left out.\n\n{}",
        read(&web.join("src/nhsuk-frontend-licence.txt"))?
    );
    assets.add("LICENCES.txt", "txt", false, licence.as_bytes())?;
    assets.finish(&out, &[("STYLE", &style_name), ("SCRIPT", &script_name), ("ICON", &icon_name)])
}

/// The package's folder, installed where it is not there yet.
fn design_system(web: &Path, out: &Path, version: &str) -> Result<PathBuf, String> {
    let in_tree = web.join("node_modules").join(PACKAGE);
    if has_version(&in_tree, version) {
        return in_tree.canonicalize().map_err(|error| format!("failed to open {}: {error}", in_tree.display()));
    }
    let workshop = out.join("web");
    let installed = workshop.join("node_modules").join(PACKAGE);
    if !has_version(&installed, version) {
        fs::create_dir_all(&workshop).map_err(|error| format!("failed to make {}: {error}", workshop.display()))?;
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            let target = workshop.join(name);
            fs::copy(web.join(name), &target).map_err(|error| format!("failed to copy web/{name}: {error}"))?;
        }
        npm_ci(&workshop)?;
    }
    if has_version(&installed, version) {
        Ok(installed)
    } else {
        Err(format!("failed to install {PACKAGE} {version}: npm reported success but the package is not there"))
    }
}

fn npm_ci(folder: &Path) -> Result<(), String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    let output = Command::new(npm).args(arguments).current_dir(folder).output().map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            "failed to install the assets of the web pages: npm is missing.\n\
             Install Node.js 20 or later, which brings npm (https://nodejs.org), and build again."
                .to_owned()
        } else {
            format!("failed to start npm: {error}")
        }
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "failed to install the assets of the web pages: `npm ci` ended with {}.\n{}\n\
         Check that this machine reaches its npm registry; or run `npm ci --omit=dev` in web/ and build again.",
        output.status,
        said.trim()
    ))
}

fn has_version(package: &Path, version: &str) -> bool {
    fs::read_to_string(package.join("package.json"))
        .is_ok_and(|text| text_after(&text, "{", "version") == Some(version))
}

fn locked_version(lock: &str) -> Result<String, String> {
    text_after(lock, &format!("\"node_modules/{PACKAGE}\""), "version")
        .map(str::to_owned)
        .ok_or_else(|| format!("failed to find {PACKAGE} in web/package-lock.json: run `npm install` in web/"))
}

/// The text value of the first `key` after `anchor`; enough for the two npm files read here.
fn text_after<'a>(json: &'a str, anchor: &str, key: &str) -> Option<&'a str> {
    let rest = &json[json.find(anchor)? + anchor.len()..];
    let quoted = format!("\"{key}\": \"");
    let value = &rest[rest.find(&quoted)? + quoted.len()..];
    value.split('"').next()
}

fn style_sheet(package: &Path, version: &str, own: &str, assets: &mut Assets) -> Result<String, String> {
    let original = read(&package.join("dist/nhsuk/nhsuk-frontend.min.css"))?;
    let without_map = cut_all(&original, "/*# sourceMappingURL", "*/");
    let without_fonts = cut_all(&without_map, "@font-face{", "}");
    let mut style = without_fonts.replace("Frutiger W01,", "");
    while let Some(start) = style.find("url(/assets/images/") {
        let end =
            start + style[start..].find(')').ok_or("failed to read the design system's style sheet: open url(")?;
        let name = style[start + "url(/assets/images/".len()..end].to_owned();
        let (stem, extension) = name.rsplit_once('.').ok_or_else(|| format!("failed to name the image {name}"))?;
        let image = read(&package.join("dist/nhsuk/assets/images").join(&name))?;
        let hashed = assets.add_hashed(stem, extension, image.as_bytes())?;
        style = style.replace(&format!("url(/assets/images/{name})"), &format!("url(/assets/{hashed})"));
    }
    for unwanted in ["Frutiger", "http://", "https://"] {
        if style.contains(unwanted) {
            return Err(format!("failed to clean the design system's style sheet: it still contains {unwanted:?}"));
        }
    }
    Ok(format!("/*! {PACKAGE} {version}, MIT licence: /assets/LICENCES.txt */\n{style}\n{own}"))
}

/// The design system's module and our few lines in one file: its functions are in scope for ours.
fn script(package: &Path, version: &str, own: &str) -> Result<String, String> {
    let original = read(&package.join("dist/nhsuk/nhsuk-frontend.min.js"))?;
    let code = original.split("//# sourceMappingURL").next().unwrap_or_default();
    if !code.contains("initAll") {
        return Err("failed to use the design system's script: it has no initAll".to_owned());
    }
    Ok(format!("/*! {PACKAGE} {version}, MIT licence: /assets/LICENCES.txt */\n{code}\n{own}"))
}

/// Removes every stretch from `start` to the next `end`, both included.
fn cut_all(text: &str, start: &str, end: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(from) = rest.find(start) {
        kept.push_str(&rest[..from]);
        let stretch = &rest[from..];
        rest = stretch.find(end).map_or("", |to| &stretch[to + end.len()..]);
    }
    kept.push_str(rest);
    kept
}

/// Files written to the output folder, and the Rust table that embeds them.
struct Assets {
    folder: PathBuf,
    table: String,
}

impl Assets {
    fn new(out: &Path) -> Result<Self, String> {
        let folder = out.join("assets");
        fs::create_dir_all(&folder).map_err(|error| format!("failed to make {}: {error}", folder.display()))?;
        Ok(Self { folder, table: String::new() })
    }

    fn add_hashed(&mut self, stem: &str, extension: &str, body: &[u8]) -> Result<String, String> {
        let name = format!("{stem}-{:016x}.{extension}", fnv1a(body));
        self.add(&name, extension, true, body)?;
        Ok(name)
    }

    fn add(&mut self, name: &str, extension: &str, immutable: bool, body: &[u8]) -> Result<(), String> {
        let content_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        self.write(name, body)?;
        self.write(&format!("{name}.gz"), &gzip(body).map_err(|error| format!("failed to pack {name}: {error}"))?)?;
        writeln!(
            self.table,
            "    Asset {{ name: {name:?}, content_type: {content_type:?}, immutable: {immutable}, \
             body: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/assets/{name}\")), \
             gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/assets/{name}.gz\")) }},"
        )
        .map_err(|error| error.to_string())
    }

    fn write(&self, name: &str, body: &[u8]) -> Result<(), String> {
        fs::write(self.folder.join(name), body).map_err(|error| format!("failed to write the asset {name}: {error}"))
    }

    fn finish(self, out: &Path, names: &[(&str, &str)]) -> Result<(), String> {
        let mut code = format!("/// Every embedded file.\npub static ASSETS: &[Asset] = &[\n{}];\n", self.table);
        for (constant, name) in names {
            writeln!(code, "/// The address of `{name}`.\npub const {constant}: &str = \"/assets/{name}\";")
                .map_err(|error| error.to_string())?;
        }
        let target = out.join("assets.rs");
        fs::write(&target, code).map_err(|error| format!("failed to write {}: {error}", target.display()))
    }
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(body)?;
    packer.finish()
}

/// FNV-1a, 64 bits: names a content, guards nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn folder(variable: &str) -> Result<PathBuf, String> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| format!("failed to read {variable}: build with cargo"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("failed to read {}: {error}", path.display()))
}
