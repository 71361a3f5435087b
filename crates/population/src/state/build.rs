//! Everybody, once.

use super::{BASE, Note, OVER, Rows, State, Sums, WHOLE, made, noted};
use crate::features::Kept;
use crate::save::SaveError;
use lake::Snapshot;
use lake::records::{Packed, RecordsWriter};
use std::path::Path;

/// Computes everybody of a snapshot and keeps the state in a folder, in place of what was there. `nothing` are the sums over
/// nobody.
pub fn build<S: Sums>(
    folder: &Path,
    snapshot: &Snapshot,
    kept: &Kept<'_>,
    key: &str,
    nothing: &S,
    threads: usize,
) -> Result<State<S>, SaveError> {
    let folder = made(folder)?;
    let parts = snapshot.scan(kept.columns(), threads.max(1), |view| {
        let columns = kept.complete(view);
        let ids: Vec<u64> = view.people.iter().map(|person| person.id).collect();
        let mut sums = nothing.clone();
        sums.put(&Rows::whole(kept, &columns), 1);
        (Packed::new(&ids, &columns), sums)
    })?;
    for name in [OVER, WHOLE] {
        match std::fs::remove_file(folder.join(name)) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(SaveError::File { path: folder.join(name), source });
            }
            _ => {}
        }
    }
    let mut writer = RecordsWriter::create(&folder.join(BASE), kept.width())?;
    let mut sums = nothing.clone();
    for (packed, part) in &parts {
        writer.append(packed)?;
        sums.merge(part);
    }
    let note = Note { key: key.to_owned(), base: snapshot.manifest().id.clone(), segments: Vec::new() };
    writer.finish(&noted(&note, &sums))?;
    State::open(&folder)
}
