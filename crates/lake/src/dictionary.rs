//! The snapshot's dictionary: every code and organisation of the place as a small integer.

use crate::CodeRow;
use nhs::CodeSystem;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Codes by number and numbers by code. Number 0 is no code.
#[derive(Debug, Clone)]
pub struct Dictionary {
    rows: Vec<CodeRow>,
    /// Made when somebody first looks for a code: many only look at numbers.
    numbers: OnceLock<FxHashMap<CodeSystem, FxHashMap<String, u32>>>,
}

impl Dictionary {
    /// A dictionary of rows whose position is their number; the row at 0 stands for no code. The first of two rows with
    /// the same code is the one that [`Dictionary::find`] finds.
    pub fn new(rows: Vec<CodeRow>) -> Self {
        Self { rows, numbers: OnceLock::new() }
    }

    fn numbers(&self) -> &FxHashMap<CodeSystem, FxHashMap<String, u32>> {
        self.numbers.get_or_init(|| {
            let mut numbers: FxHashMap<CodeSystem, FxHashMap<String, u32>> = FxHashMap::default();
            for (number, row) in self.rows.iter().enumerate().skip(1) {
                numbers.entry(row.system).or_default().entry(row.code.clone()).or_insert(number as u32);
            }
            numbers
        })
    }

    /// All rows; the position is the number.
    pub fn rows(&self) -> &[CodeRow] {
        &self.rows
    }

    /// How many entries, the empty one at 0 included.
    pub fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Whether there is no code but the empty one.
    pub fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The code with this number; `None` for 0 and for numbers beyond the end.
    pub fn get(&self, number: u32) -> Option<&CodeRow> {
        if number == 0 { None } else { self.rows.get(number as usize) }
    }

    /// The number of a code written exactly as in [`CodeRow::code`].
    pub fn find(&self, system: CodeSystem, code: &str) -> Option<u32> {
        self.numbers().get(&system)?.get(code).copied()
    }

    /// The numbers of all codes of a terminology that begin with `stem` (dots, spaces and case do not matter in ICD-10
    /// and OPCS-4). Meant for terminologies whose codes nest by their letters; use [`Dictionary::find`] for the others.
    pub fn under(&self, system: CodeSystem, stem: &str) -> CodeSet {
        let nests = matches!(system, CodeSystem::Icd10 | CodeSystem::Opcs4);
        let normal = if nests { Self::normal(stem) } else { stem.to_owned() };
        self.matching(|row| row.system == system && row.code.starts_with(&normal))
    }

    /// A code or stem of ICD-10 or OPCS-4 as the dictionary writes it: without dots and spaces, in capitals.
    pub fn normal(stem: &str) -> String {
        stem.chars().filter(|c| !matches!(c, '.' | ' ')).map(|c| c.to_ascii_uppercase()).collect()
    }

    /// The numbers of all codes for which a test holds.
    pub fn matching(&self, test: impl Fn(&CodeRow) -> bool) -> CodeSet {
        let mut set = CodeSet::new();
        for (number, row) in self.rows.iter().enumerate().skip(1) {
            if test(row) {
                set.insert(number as u32);
            }
        }
        set
    }
}

/// Builds a dictionary code by code, numbering from 1 in the order of first sight.
#[derive(Debug)]
pub struct DictionaryBuilder {
    rows: Vec<CodeRow>,
    numbers: FxHashMap<CodeSystem, FxHashMap<String, u32>>,
}

impl Default for DictionaryBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl DictionaryBuilder {
    /// A dictionary with the empty code only.
    pub fn new() -> Self {
        Self { rows: vec![CodeRow::none()], numbers: FxHashMap::default() }
    }

    /// The number of a code, new or known; 0 for an empty code. `name` is kept where the code had none yet.
    pub fn number(&mut self, system: CodeSystem, code: &str, name: &str) -> u32 {
        if code.is_empty() {
            return 0;
        }
        let numbers = self.numbers.entry(system).or_default();
        if let Some(&number) = numbers.get(code) {
            let row = &mut self.rows[number as usize];
            if row.name.is_empty() && !name.is_empty() {
                name.clone_into(&mut row.name);
            }
            return number;
        }
        let number = self.rows.len() as u32;
        numbers.insert(code.to_owned(), number);
        self.rows.push(CodeRow { system, code: code.to_owned(), name: name.to_owned() });
        number
    }

    /// The rows for [`crate::SnapshotWriter::set_dictionary`].
    pub fn finish(self) -> Vec<CodeRow> {
        self.rows
    }
}

/// A set of dictionary numbers as a bitmap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeSet {
    words: Vec<u64>,
}

impl CodeSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a number in.
    pub fn insert(&mut self, number: u32) {
        let word = number as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (number % 64);
    }

    /// Whether a number is in.
    pub fn contains(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Puts in all of another set.
    pub fn union_with(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (own, more) in self.words.iter_mut().zip(&other.words) {
            *own |= more;
        }
    }

    /// How many numbers are in.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether nothing is in.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The numbers in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(place, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| place as u32 * 64 + bit)
        })
    }
}

impl FromIterator<u32> for CodeSet {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut set = Self::new();
        for number in numbers {
            set.insert(number);
        }
        set
    }
}
