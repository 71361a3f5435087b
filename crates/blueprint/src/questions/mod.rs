//! A question set: an analyst's own features, tables and series over a place's care model, in the same language.

mod own;
mod read;

use crate::compile::Compiler;
use crate::merge::{self, put_over};
use crate::model::{Blueprint, Expr};
use crate::node;
use crate::sink::Sink;
use crate::{Diagnostic, Resolve};
use own::{OwnParts, keep_what_is_needed};

/// A compiled question set.
#[derive(Debug, Clone)]
pub struct Questions {
    /// Name, for the head of the answer.
    pub name: String,
    /// The place's model, with only what the questions need, and the set's own features. Its population is whom the
    /// questions are about, its measures are those of [`Questions::series`], in the same order.
    pub model: Blueprint,
    /// Counts of people.
    pub tables: Vec<Table>,
    /// Events by month.
    pub series: Vec<Series>,
    /// Features of the table with a row for each person (positions).
    pub columns: Vec<usize>,
}

/// A count of people by groups.
#[derive(Debug, Clone)]
pub struct Table {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Only these people; `None` for all that the set is about.
    pub among: Option<Expr>,
    /// What is asked of each of them.
    pub ask: Ask,
    /// Groups, the outermost first; at most three.
    pub by: Vec<By>,
}

/// What a table asks of the people of a group.
#[derive(Debug, Clone)]
pub enum Ask {
    /// How many there are.
    People,
    /// For how many this holds, and for how many in a hundred.
    Holds(Expr),
    /// The mean of a number, over those who have one (position of the feature, and its decimals).
    Mean(usize, u8),
    /// The sum of a number over everyone who has one.
    Sum(usize, u8),
}

/// Events by month and groups, per so many people.
#[derive(Debug, Clone)]
pub struct Series {
    /// Position of the measure in the model.
    pub measure: usize,
    /// Groups, the outermost first; at most three.
    pub by: Vec<By>,
    /// How many months, the last whole one included; at least 1.
    pub months: u32,
}

/// What people are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Locality of the place.
    Locality,
    /// Practice.
    Practice,
    /// Lower layer super output area of residence.
    Area,
    /// Five-year age band.
    AgeBand,
    /// Ethnic category.
    Ethnicity,
    /// Fifth of deprivation, 1 the most deprived.
    ImdFifth,
    /// The values of a feature: yes or no, words, or whole numbers.
    Feature(usize),
}

/// Compiles a question set over a place's model (its file name and text, and what finds the files it names). The set is
/// there unless a diagnostic is an error.
pub fn compile_questions(
    file_name: &str,
    text: &str,
    model: (&str, &str),
    resolve: &dyn Resolve,
) -> (Option<Questions>, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let file = sink.add_file(file_name, text);
    let Some(entries) = node::read(&mut sink, file) else { return (None, sink.into_findings()) };
    let Some(mut document) = merge::load(&mut sink, model.0, model.1, resolve) else {
        return (None, sink.into_findings());
    };
    let own = OwnParts::take(&mut sink, file, entries);
    keep_what_is_needed(&mut document, &own, resolve);
    put_over(&mut sink, &mut document, own.document.lists.clone());
    let mut compiler = Compiler::new(sink, resolve);
    let questions = compiler.questions(&document, &own);
    let sound = !compiler.sink.has_errors();
    (questions.filter(|_| sound), compiler.sink.into_findings())
}
