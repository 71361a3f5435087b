//! The generator's files as a lake: registers become lists, hospital codes become events.

use anyhow::{Context as _, bail};
use lake::input::ColumnFile;
use lake::{
    CodeRow, EventRow, IdentityRow, LakeError, NO_DAY, NO_NUMBER, PersonRow, Snapshot, SnapshotPlan, SnapshotWriter,
    SourceInfo,
};
use nhs::{CodeSystem, Day, EventKind, Lsoa, Method, OdsCode, Sex, Status};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

/// The sources of the lake: hospital events first, then one for each list of people.
pub const LISTS: [&str; 15] = [
    "hospital",
    "ltc_asthma",
    "ltc_copd",
    "ltc_chd",
    "ltc_hf",
    "ltc_stroke",
    "ltc_diabetes",
    "ltc_ckd",
    "ltc_dementia",
    "ltc_smi",
    "ltc_depression",
    "ltc_cancer",
    "ltc_epilepsy",
    "eol_register",
    "housebound",
];

/// Where the manifest keeps the locality of each area.
pub const LOCALITIES: &str = "localities";

/// One bucket on its way to disk.
struct Bucket {
    number: u32,
    events: Vec<EventRow>,
}

/// Makes a snapshot of the files and makes it live.
pub fn load(dir: &Path, lake: &Path, as_of: Day, threads: usize) -> anyhow::Result<()> {
    let (people, localities) = read_people(&dir.join("person.parquet"), as_of)?;
    let count = u32::try_from(people.len()).context("more people than a lake holds")?;
    let source = |id: &&str| SourceInfo {
        id: (*id).to_owned(),
        name: (*id).to_owned(),
        files: Vec::new(),
        loaded: 0,
        quarantined: 0,
    };
    let id = Snapshot::next_id(lake, as_of)?;
    let writer = SnapshotWriter::create(lake, SnapshotPlan::new(id, as_of, count, LISTS.iter().map(source).collect()))?;
    let (send, receive) = sync_channel::<Bucket>(1);
    let queue = Mutex::new(receive);
    let codes = std::thread::scope(|scope| {
        let writers: Vec<_> =
            (0..threads.max(1)).map(|_| scope.spawn(|| write_buckets(&writer, &people, &queue))).collect();
        let mut reader = Reader::new(writer.plan().clone(), |bucket| send.send(bucket).is_ok());
        let read = files(dir).and_then(|files| files.iter().try_for_each(|file| reader.file(file)));
        let codes = read.and_then(|()| reader.finish());
        drop(send);
        for writer in writers {
            match writer.join() {
                Ok(result) => result?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        codes
    })?;
    writer.set_dictionary(codes)?;
    let extras = BTreeMap::from([(LOCALITIES.to_owned(), serde_json::to_string(&localities)?)]);
    writer.finish(extras)?;
    Ok(())
}

fn files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| format!("failed to read {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.starts_with("event_") && name.ends_with(".parquet") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("no event_*.parquet in {}", dir.display());
    }
    files.sort();
    Ok(files)
}

fn write_buckets(
    writer: &SnapshotWriter,
    people: &[PersonRow],
    queue: &Mutex<Receiver<Bucket>>,
) -> Result<(), LakeError> {
    loop {
        let next = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
        let Ok(mut bucket) = next else { return Ok(()) };
        let range = writer.plan().bucket_range(bucket.number);
        let own = &people[range.start as usize..range.end as usize];
        let who: Vec<IdentityRow> = own.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
        writer.write_bucket(bucket.number, own, &who, &mut bucket.events)?;
    }
}

/// People in the order of their numbers, and the locality of each area.
fn read_people(path: &Path, as_of: Day) -> anyhow::Result<(Vec<PersonRow>, BTreeMap<u32, u16>)> {
    let file = ColumnFile::open(path)?;
    let care_home = OdsCode::parse("VL000").ok();
    let (mut people, mut localities) = (Vec::new(), BTreeMap::new());
    for group in 0..file.groups().len() {
        let ints = |name: &str| {
            let mut values = Vec::new();
            file.ints(group, name, &mut values).map(|()| values)
        };
        let (number, age, sex, locality) = (ints("person_id")?, ints("age")?, ints("sex")?, ints("locality")?);
        let (area, practice, quintile) = (ints("lsoa")?, ints("practice")?, ints("imd")?);
        let mut in_home = Vec::new();
        file.bools(group, "care_home", &mut in_home)?;
        let mut lists = vec![1u32; number.len()];
        for (bit, name) in LISTS.iter().enumerate().skip(1) {
            let mut on = Vec::new();
            file.bools(group, name, &mut on)?;
            lists.iter_mut().zip(on).for_each(|(lists, on)| *lists |= u32::from(on) << bit);
        }
        for row in 0..number.len() {
            if number[row] != people.len() as i32 {
                bail!("{}: people are not numbered from 0 in order", path.display());
            }
            let lsoa = Lsoa::from_value(area[row] as u32).context("an area's number is too large")?;
            let known = *localities.entry(lsoa.value()).or_insert(locality[row] as u16);
            if i32::from(known) != locality[row] {
                bail!("{}: area {} lies in two localities", path.display(), area[row]);
            }
            people.push(PersonRow {
                id: people.len() as u64 + 1,
                birth: Some(as_of.add_months(-12 * age[row].clamp(0, 130))),
                sex: Sex::from_number(sex[row] as u8),
                practice: OdsCode::parse(&format!("P{:05}", practice[row])).ok(),
                lsoa: Some(lsoa),
                // A fifth is two tenths; the first of them stands for both.
                imd_decile: (2 * quintile[row] - 1).clamp(0, 10) as u8,
                care_home: if in_home[row] { care_home } else { None },
                lists: lists[row],
                ..PersonRow::default()
            });
        }
    }
    Ok((people, localities))
}

/// Reads events, person after person, and hands over whole buckets.
struct Reader<F> {
    plan: SnapshotPlan,
    hand_over: F,
    events: Vec<EventRow>,
    bucket: u32,
    person: u32,
    /// The file's spell, and its number within the person.
    spell: (i64, u32),
    codes: Vec<CodeRow>,
    numbers: FxHashMap<String, u32>,
}

impl<F: FnMut(Bucket) -> bool> Reader<F> {
    fn new(plan: SnapshotPlan, hand_over: F) -> Self {
        let codes = vec![CodeRow::none()];
        Self {
            plan,
            hand_over,
            events: Vec::new(),
            bucket: 0,
            person: 0,
            spell: (NO_NUMBER, 0),
            codes,
            numbers: FxHashMap::default(),
        }
    }

    fn file(&mut self, path: &Path) -> anyhow::Result<()> {
        let file = ColumnFile::open(path)?;
        for group in 0..file.groups().len() {
            self.group(&file, group).with_context(|| format!("failed to read {}", path.display()))?;
        }
        Ok(())
    }

    fn group(&mut self, file: &ColumnFile, group: usize) -> anyhow::Result<()> {
        let ints = |name: &str| {
            let mut values = Vec::new();
            file.ints(group, name, &mut values).map(|()| values)
        };
        let (person, date, pod) = (ints("person_id")?, ints("event_date")?, ints("pod")?);
        let (place, cost) = (ints("dx_pos")?, ints("cost_p")?);
        let mut spell = Vec::new();
        file.longs(group, "spell_id", &mut spell)?;
        let code = self.code_numbers(file, group)?;
        for row in 0..person.len() {
            let owner = person[row] as u32;
            if owner < self.person || owner >= self.plan.people {
                bail!("person {} is not in the order of person.parquet", person[row]);
            }
            self.come_to(owner)?;
            if spell[row] != self.spell.0 {
                self.spell = (spell[row], self.spell.1 + 1);
            }
            let (kind, method) = kind_and_method(pod[row])?;
            self.events.push(EventRow {
                person: owner,
                date: Day(date[row]),
                end: None,
                kind,
                method,
                status: Status::None,
                code: code[row],
                provider: 0,
                detail: 0,
                value: (place[row] != NO_DAY).then(|| i64::from(place[row]) * 1000),
                cost: (cost[row] > 0).then(|| i64::from(cost[row])),
                link: self.spell.1,
                source: 0,
            });
        }
        Ok(())
    }

    /// The codes of a group by number.
    fn code_numbers(&mut self, file: &ColumnFile, group: usize) -> Result<Vec<u32>, LakeError> {
        let mut out = Vec::with_capacity(file.groups()[group]);
        let (codes, numbers) = (&mut self.codes, &mut self.numbers);
        let number = |text: &str| {
            *numbers.entry(text.to_owned()).or_insert_with(|| {
                codes.push(CodeRow { system: CodeSystem::Icd10, code: text.to_owned(), name: String::new() });
                codes.len() as u32 - 1
            })
        };
        file.numbered(group, "icd10", number, &mut out)?;
        Ok(out)
    }

    /// Hands over the buckets before a person's.
    fn come_to(&mut self, person: u32) -> anyhow::Result<()> {
        if person == self.person {
            return Ok(());
        }
        self.person = person;
        self.spell = (NO_NUMBER, 0);
        while self.bucket < self.plan.bucket_of(person) {
            self.next_bucket()?;
        }
        Ok(())
    }

    fn next_bucket(&mut self) -> anyhow::Result<()> {
        let room = self.events.len() + self.events.len() / 8;
        let events = std::mem::replace(&mut self.events, Vec::with_capacity(room));
        if !(self.hand_over)(Bucket { number: self.bucket, events }) {
            bail!("the lake could not be written");
        }
        self.bucket += 1;
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Vec<CodeRow>> {
        while self.bucket < self.plan.bucket_count() {
            self.next_bucket()?;
        }
        Ok(self.codes)
    }
}

/// 1 planned stay, 2 emergency stay, 3 outpatients, 4 emergency department.
fn kind_and_method(pod: i32) -> anyhow::Result<(EventKind, Method)> {
    Ok(match pod {
        1 => (EventKind::Diagnosis, Method::Elective),
        2 => (EventKind::Diagnosis, Method::Emergency),
        3 => (EventKind::Outpatient, Method::None),
        4 => (EventKind::EmergencyAttendance, Method::None),
        other => bail!("{other} is not a point of delivery from 1 to 4"),
    })
}
