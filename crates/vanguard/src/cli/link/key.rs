//! Key files: made, checked, never shown.

use anyhow::{Context as _, bail};
use linkage::EncodingKey;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

/// Longer files are no keys.
const LONGEST: u64 = 4096;

/// Reads a key; only its owner may be able to.
pub fn read(path: &Path) -> anyhow::Result<EncodingKey> {
    let read = || -> anyhow::Result<EncodingKey> {
        let file = File::open(path)?;
        private(&file)?;
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text)?;
        Ok(EncodingKey::parse(&text)?)
    };
    read().with_context(|| format!("failed to use the key file {}", path.display()))
}

#[cfg(unix)]
fn private(file: &File) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "others than its owner may read or write it (mode {mode:o}); say chmod 600, and make a new key if others had access"
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &File) -> anyhow::Result<()> {
    Ok(())
}

/// Makes a key from the system's randomness in a new file only its owner may read, and returns the key.
pub fn make(path: &Path) -> anyhow::Result<EncodingKey> {
    let make = || -> anyhow::Result<EncodingKey> {
        let mut random = [0_u8; 32];
        let source =
            "the system gives no randomness at /dev/urandom; write 64 random hexadecimal digits to a file yourself";
        File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random)).context(source)?;
        let text = EncodingKey::text_of(random);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = match options.open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                bail!("it is there already, and a key is never written over; give another name")
            }
            other => other?,
        };
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(EncodingKey::parse(&text)?)
    };
    make().with_context(|| format!("failed to make the key file {}", path.display()))
}
