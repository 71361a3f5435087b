//! The lake with a month's changes, written from the start.

use anyhow::Context as _;
use lake::people::PeopleRows;
use lake::segment::Changed;
use lake::{CodeRow, Columns, IdentityRow, Snapshot, SnapshotPlan, SnapshotWriter};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes the snapshot that a load of everything would write.
pub fn rebuild(base: &Snapshot, changed: &Changed, codes: Vec<CodeRow>, lake: &Path) -> anyhow::Result<Snapshot> {
    let manifest = base.manifest();
    let named =
        |rows: &PeopleRows| rows.people.iter().enumerate().map(|(at, p)| (p.id, at)).collect::<BTreeMap<_, _>>();
    let (added, replaced) = (named(&changed.added), named(&changed.replaced));
    let mut newcomers = replaced.clone();
    let mut before = 0;
    for bucket in 0..manifest.buckets.len() as u32 {
        for ids in
            base.scan_some(&[bucket], Columns::PERSON_ID, 1, |v| v.people.iter().map(|p| p.id).collect::<Vec<_>>())?
        {
            before += ids.len();
            for id in ids {
                newcomers.remove(&id);
            }
        }
    }
    let people = before - changed.gone.len() + newcomers.len();
    let count = u32::try_from(people).context("more people than a lake holds")?;
    let plan = SnapshotPlan::new(manifest.id.clone(), manifest.as_of, count, manifest.sources.clone());
    let mut out = Out { writer: SnapshotWriter::create(lake, plan)?, pending: PeopleRows::default(), bucket: 0 };
    let mut newcomers = newcomers.into_iter().peekable();
    for bucket in 0..manifest.buckets.len() as u32 {
        let whole = base.scan_some(&[bucket], Columns::ALL, 1, |view| {
            let mut rows = PeopleRows::default();
            (0..view.len()).for_each(|position| rows.push(view, position));
            rows
        })?;
        for rows in whole {
            let mut events = rows.events.as_slice();
            for (position, person) in rows.people.iter().enumerate() {
                let end = events.partition_point(|event| event.person as usize <= position);
                let (own, rest) = events.split_at(end);
                events = rest;
                while let Some((_, at)) = newcomers.next_if(|(id, _)| *id < person.id) {
                    out.take(&changed.replaced, at)?;
                }
                if changed.gone.binary_search(&person.id).is_ok() {
                    continue;
                }
                if let Some(&at) = replaced.get(&person.id) {
                    out.take(&changed.replaced, at)?;
                    continue;
                }
                out.person(person.clone(), own)?;
                if let Some(&at) = added.get(&person.id) {
                    out.rows(events_of(&changed.added, at));
                }
            }
        }
    }
    for (_, at) in newcomers {
        out.take(&changed.replaced, at)?;
    }
    out.flush()?;
    out.writer.set_dictionary(codes)?;
    out.writer.finish(manifest.extras.clone())?;
    Ok(Snapshot::open(lake)?)
}

fn events_of(rows: &PeopleRows, at: usize) -> &[lake::EventRow] {
    let start = rows.events.partition_point(|event| (event.person as usize) < at);
    let end = rows.events.partition_point(|event| event.person as usize <= at);
    &rows.events[start..end]
}

struct Out {
    writer: SnapshotWriter,
    pending: PeopleRows,
    bucket: u32,
}

impl Out {
    fn take(&mut self, from: &PeopleRows, at: usize) -> anyhow::Result<()> {
        self.person(from.people[at].clone(), events_of(from, at))
    }

    fn person(&mut self, person: lake::PersonRow, events: &[lake::EventRow]) -> anyhow::Result<()> {
        if self.pending.people.len() as u32 == self.writer.plan().people_per_bucket {
            self.flush()?;
        }
        self.pending.people.push(person);
        self.rows(events);
        Ok(())
    }

    fn rows(&mut self, events: &[lake::EventRow]) {
        let first = self.writer.plan().bucket_range(self.bucket).start;
        let person = first + self.pending.people.len() as u32 - 1;
        self.pending.events.extend(events.iter().map(|event| lake::EventRow { person, ..*event }));
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.pending.people.is_empty() {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.pending);
        let who: Vec<IdentityRow> =
            rows.people.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
        self.writer.write_bucket(self.bucket, &rows.people, &who, &mut rows.events)?;
        self.bucket += 1;
        Ok(())
    }
}
