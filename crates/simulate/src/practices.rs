//! Reads NHS England's lists of practices, whose column names change from year to year, and what lies beside them:
//! ages by practice, and small areas with their deprivation.

use crate::rates::AGE_WEIGHTS;
use crate::{Error, PracticeList};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A practice as the lists describe it.
#[derive(Debug, Clone)]
pub struct RealPractice {
    /// Organisation code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Postcode of its surgery.
    pub postcode: String,
    /// Registered people.
    pub people: f64,
    /// Code of its primary care network, or of its local authority where the list names no network.
    pub locality_id: String,
    /// Name of that.
    pub locality_name: String,
    /// Share of people by five-year band.
    pub ages: [f64; 19],
    /// Share of men.
    pub male: f64,
    /// Small areas of its local authority.
    pub areas: Vec<KnownArea>,
    district: String,
    latitude: f64,
    longitude: f64,
}

/// A real small area.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownArea {
    /// Its code.
    pub code: String,
    /// Name of its local authority.
    pub district: String,
    /// Decile of deprivation, 1 the most deprived.
    pub decile: u8,
}

/// A table with named columns.
struct Table {
    columns: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn read(path: &Path) -> Result<Self, Error> {
        let bytes =
            std::fs::read(path).map_err(|e| Error::File { action: "cannot read", path: path.to_owned(), source: e })?;
        let text = String::from_utf8_lossy(&bytes);
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let wrong = |source| Error::Table { path: path.to_owned(), source };
        let columns = reader.headers().map_err(wrong)?.iter().map(|c| c.trim().to_owned()).collect();
        let rows = reader.into_records().collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Self { columns, rows })
    }

    /// The first of these columns that is there; years are tried as endings (`ICB`, `ICS22`).
    fn column(&self, names: &[&str]) -> Option<usize> {
        let found = |test: &dyn Fn(&str, &str) -> bool| {
            names.iter().find_map(|name| self.columns.iter().position(|column| test(column, name)))
        };
        found(&|column, name| column.eq_ignore_ascii_case(name)).or_else(|| {
            found(&|column, name| {
                let ending = column.get(name.len()..).unwrap_or_default();
                column.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                    && !ending.is_empty()
                    && ending.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '/'))
            })
        })
    }

    fn needed(&self, path: &Path, wanted: &'static str, names: &[&str]) -> Result<usize, Error> {
        self.column(names).ok_or_else(|| Error::Column { path: path.to_owned(), wanted, names: names.join(", ") })
    }
}

fn cell(row: &csv::StringRecord, column: Option<usize>) -> &str {
    column.and_then(|c| row.get(c)).unwrap_or_default().trim()
}

/// The practices of an area and its name.
pub fn read(list: PracticeList<'_>) -> Result<(String, Vec<RealPractice>), Error> {
    let path = list.file;
    let table = Table::read(path)?;
    let code = table.needed(path, "the practice's code", &["Practice_Code"])?;
    let people = table.needed(path, "the list size", &["Population", "pop", "Patients"])?;
    let name = table.column(&["GP_Practice_Name", "Practice_Name"]);
    let postcode = table.column(&["Practice_Postcode"]);
    let kinds = [
        (table.column(&["ICB", "ICS"]), table.column(&["ICBname", "ICS22name"])),
        (table.column(&["LOC"]), table.column(&["LOCname", "LOC22name"])),
        (table.column(&["LAD"]), table.column(&["LTLA"])),
        (table.column(&["CCG"]), table.column(&["Former CCG"])),
    ];
    let network = (table.column(&["PCN_Code"]), table.column(&["PCN_Name"]));
    let place = (table.column(&["Latitude"]), table.column(&["Longitude"]));
    let networks = older_networks(path);
    let mut found = Vec::new();
    let mut area_name = String::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for row in &table.rows {
        let mut inside = false;
        for &(kind, kind_name) in &kinds {
            let (own, label) = (cell(row, kind), cell(row, kind_name));
            if !own.is_empty() {
                known.entry(own.to_owned()).or_insert_with(|| label.to_owned());
            }
            if own.eq_ignore_ascii_case(list.area.trim()) && !own.is_empty() {
                inside = true;
                label.clone_into(&mut area_name);
            }
        }
        let size: f64 = cell(row, Some(people)).replace(',', "").parse().unwrap_or(0.0);
        let own_code = cell(row, Some(code));
        if !inside || size < 1.0 || own_code.is_empty() {
            continue;
        }
        let own = (cell(row, network.0).to_owned(), cell(row, network.1).to_owned());
        let network = if own.0.len() > 1 { Some(own) } else { networks.get(own_code).cloned() };
        let district = (cell(row, kinds[2].0).to_owned(), cell(row, kinds[2].1).to_owned());
        let (locality_id, locality_name) = network.unwrap_or_else(|| district.clone());
        found.push(RealPractice {
            code: own_code.to_owned(),
            name: cell(row, name).to_owned(),
            postcode: cell(row, postcode).to_owned(),
            people: size,
            locality_id,
            locality_name,
            ages: AGE_WEIGHTS,
            male: 0.4955,
            areas: Vec::new(),
            district: district.0,
            latitude: cell(row, place.0).parse().unwrap_or(0.0),
            longitude: cell(row, place.1).parse().unwrap_or(0.0),
        });
    }
    if found.is_empty() {
        return Err(Error::Area {
            path: path.to_owned(),
            area: list.area.to_owned(),
            near: nearest(list.area, &known),
        });
    }
    join_lone_practices(&mut found);
    found.sort_by(|a, b| (&a.locality_id, &a.code).cmp(&(&b.locality_id, &b.code)));
    read_ages(path, &mut found)?;
    read_areas(path, &mut found)?;
    Ok((area_name, found))
}

/// Networks by practice from older lists in the same folder, for years whose list leaves them out.
fn older_networks(path: &Path) -> BTreeMap<String, (String, String)> {
    let mut networks = BTreeMap::new();
    let Some(entries) = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else { return networks };
    let mut beside: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    beside.sort();
    for other in beside {
        let is_list = other.file_name().is_some_and(|n| n.to_string_lossy().contains("weighted_populations"));
        if !is_list || other == path {
            continue;
        }
        let Ok(table) = Table::read(&other) else { continue };
        let (Some(code), Some(network)) = (table.column(&["Practice_Code"]), table.column(&["PCN_Code"])) else {
            continue;
        };
        let name = table.column(&["PCN_Name"]);
        for row in &table.rows {
            if cell(row, Some(network)).len() > 1 {
                let value = (cell(row, Some(network)).to_owned(), cell(row, name).to_owned());
                networks.insert(cell(row, Some(code)).to_owned(), value);
            }
        }
    }
    networks
}

/// A locality of one practice joins the locality of the nearest other practice, so that none has fewer than two.
fn join_lone_practices(practices: &mut [RealPractice]) {
    for _ in 0..practices.len() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for practice in practices.iter() {
            *counts.entry(practice.locality_id.clone()).or_default() += 1;
        }
        let Some(lone) = practices.iter().position(|p| counts[&p.locality_id] == 1) else { return };
        let own = (practices[lone].latitude, practices[lone].longitude);
        // A degree of longitude is about 0.6 of one of latitude in England.
        let distance = |p: &RealPractice| (p.latitude - own.0).powi(2) + (0.6 * (p.longitude - own.1)).powi(2);
        let nearest = (0..practices.len())
            .filter(|&i| i != lone)
            .min_by(|&a, &b| distance(&practices[a]).total_cmp(&distance(&practices[b])));
        let Some(nearest) = nearest else { return };
        let (id, name) = (practices[nearest].locality_id.clone(), practices[nearest].locality_name.clone());
        practices[lone].locality_id = id;
        practices[lone].locality_name = name;
    }
}

/// Shares of children, of people over 50 and over 65, and of men, from the files beside the list.
fn read_ages(path: &Path, practices: &mut [RealPractice]) -> Result<(), Error> {
    let ages = path.with_file_name("gp-by-age.csv");
    if ages.is_file() {
        let table = Table::read(&ages)?;
        let columns = ["PRACTICE_CODE", "TOTAL", "18OV", "50OV", "65OV"].map(|c| table.column(&[c]));
        let rows: BTreeMap<&str, &csv::StringRecord> = table.rows.iter().map(|r| (cell(r, columns[0]), r)).collect();
        for practice in practices.iter_mut() {
            if let Some(row) = rows.get(practice.code.as_str()) {
                let count = |i: usize| cell(row, columns[i]).parse::<f64>().unwrap_or(0.0);
                let (total, adults, over_50, over_65) = (count(1), count(2), count(3), count(4));
                if total >= 100.0 && over_65 <= over_50 && over_50 <= adults && adults <= total {
                    practice.ages = fit_ages([total - adults, adults - over_50, over_50 - over_65, over_65], total);
                }
            }
        }
    }
    let sexes = path.with_file_name("gp_demographics.csv");
    if sexes.is_file() {
        let table = Table::read(&sexes)?;
        let columns = ["PRACTICE_CODE", "Percent_male"].map(|c| table.column(&[c]));
        let rows: BTreeMap<&str, &csv::StringRecord> = table.rows.iter().map(|r| (cell(r, columns[0]), r)).collect();
        for practice in practices.iter_mut() {
            let male = rows.get(practice.code.as_str()).and_then(|row| cell(row, columns[1]).parse::<f64>().ok());
            practice.male = male.filter(|m| (0.02..=0.98).contains(m)).unwrap_or(practice.male);
        }
    }
    Ok(())
}

/// England's ages, scaled within 0-17, 18-49, 50-64 and 65+ to a practice's own counts.
fn fit_ages(counts: [f64; 4], total: f64) -> [f64; 19] {
    // Ages 15 to 17 are three fifths of their band.
    let part = |band: usize, group: usize| match (band, group) {
        (0..=2, 0) | (4..=9, 1) | (10..=12, 2) | (13.., 3) => 1.0,
        (3, 0) => 0.6,
        (3, 1) => 0.4,
        _ => 0.0,
    };
    std::array::from_fn(|band| {
        (0..4)
            .map(|group| {
                let all: f64 = (0..19).map(|b| AGE_WEIGHTS[b] * part(b, group)).sum();
                counts[group] / total * AGE_WEIGHTS[band] * part(band, group) / all
            })
            .sum()
    })
}

/// Deals the small areas of each local authority to its practices in turn, as many as their people fill.
fn read_areas(path: &Path, practices: &mut [RealPractice]) -> Result<(), Error> {
    let lookup = path.with_file_name("lsoa_geog_lookup.csv");
    if !lookup.is_file() {
        return Ok(());
    }
    let table = Table::read(&lookup)?;
    let [code, district, name, decile] =
        ["LSOA_CODE", "LAD_CODE", "LAD_NAME", "IMD_OVERALL"].map(|c| table.column(&[c]));
    let wanted: BTreeSet<&str> = practices.iter().map(|p| p.district.as_str()).collect();
    let mut areas: BTreeMap<String, Vec<KnownArea>> = BTreeMap::new();
    for row in &table.rows {
        let own = cell(row, district);
        if let (true, Ok(decile @ 1..=10)) = (wanted.contains(own), cell(row, decile).parse::<u8>()) {
            let area = KnownArea { code: cell(row, code).to_owned(), district: cell(row, name).to_owned(), decile };
            areas.entry(own.to_owned()).or_default().push(area);
        }
    }
    for list in areas.values_mut() {
        list.sort();
        list.dedup();
    }
    for (district, list) in &areas {
        let own: Vec<usize> = (0..practices.len()).filter(|&p| practices[p].district == *district).collect();
        for (position, area) in list.iter().enumerate() {
            practices[own[position % own.len()]].areas.push(area.clone());
        }
    }
    Ok(())
}

/// The known codes nearest to one that is not known, with their names.
fn nearest(area: &str, known: &BTreeMap<String, String>) -> String {
    let wanted = area.trim().to_ascii_uppercase();
    let mut scored: Vec<(usize, &str, &str)> = known
        .iter()
        .map(|(code, name)| {
            let named = !wanted.is_empty() && name.to_ascii_uppercase().contains(&wanted);
            (if named { 0 } else { edits(&wanted, &code.to_ascii_uppercase()) }, code.as_str(), name.as_str())
        })
        .collect();
    scored.sort_unstable();
    scored.iter().take(6).map(|(_, code, name)| format!("{code} ({name})")).collect::<Vec<_>>().join(", ")
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let next = (row[j] + 1).min(row[j + 1] + 1).min(corner + usize::from(x != y));
            corner = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_fit_the_counts() {
        let ages = fit_ages([300.0, 300.0, 200.0, 200.0], 1000.0);
        assert!((ages.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((ages[13..].iter().sum::<f64>() - 0.2).abs() < 1e-9);
        assert!((ages[10..13].iter().sum::<f64>() - 0.2).abs() < 1e-9);
    }

    #[test]
    fn distances() {
        assert_eq!(edits("QE1", "QE1"), 0);
        assert_eq!(edits("QE2", "QE1"), 1);
        assert_eq!(edits("", "QE1"), 3);
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}
