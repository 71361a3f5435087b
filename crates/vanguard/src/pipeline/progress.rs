//! How far a step is, on the terminal: a bar where there is one, plain lines where there is not.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Shows one bar at a time on standard error and remembers how long each stage took.
pub struct Terminal {
    state: RefCell<State>,
    quiet: bool,
}

struct State {
    bar: ProgressBar,
    stage: Option<(String, Instant)>,
    finished: Vec<(String, Duration)>,
}

impl Terminal {
    /// `quiet` shows nothing (for `--json` into a pipe and for tests).
    pub fn new(quiet: bool) -> Self {
        let state = State { bar: ProgressBar::hidden(), stage: None, finished: Vec::new() };
        Self { state: RefCell::new(state), quiet }
    }

    /// Begins a stage; `total` in the stage's own unit where it is known.
    pub fn stage(&self, name: &str, total: Option<u64>) {
        self.end();
        let mut state = self.state.borrow_mut();
        state.stage = Some((name.to_owned(), Instant::now()));
        if self.quiet {
            return;
        }
        if !std::io::stderr().is_terminal() {
            eprintln!("{name}");
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        let template =
            if total.is_some() { "{msg:36} {wide_bar} {percent:>3} %" } else { "{msg:36} {spinner} {elapsed}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        state.bar = bar;
    }

    /// The stage has come so far.
    pub fn advance(&self, done: u64) {
        self.state.borrow().bar.set_position(done);
    }

    /// Tells the stage that runs how far it has come, from any thread.
    pub fn teller(&self) -> impl Fn(u64) + Sync + use<> {
        let bar = self.state.borrow().bar.clone();
        move |done| bar.set_position(done)
    }

    /// Says something beside the bar of the stage that runs, from any thread.
    pub fn sayer(&self) -> impl Fn(&str) + Sync + use<> {
        let (bar, quiet) = (self.state.borrow().bar.clone(), self.quiet);
        move |text| {
            if !quiet {
                bar.suspend(|| eprintln!("{text}"));
            }
        }
    }

    /// Ends the stage that runs, if one does.
    pub fn end(&self) {
        let mut state = self.state.borrow_mut();
        if let Some((name, started)) = state.stage.take() {
            state.finished.push((name, started.elapsed()));
        }
        state.bar.finish_and_clear();
        state.bar = ProgressBar::hidden();
    }

    /// The stages that have ended, in order, with how long they took.
    pub fn finished(&self) -> Vec<(String, Duration)> {
        self.state.borrow().finished.clone()
    }
}

impl intake::Progress for Terminal {
    fn stage(&self, name: &str, total: Option<u64>) {
        Self::stage(self, name, total);
    }

    fn advance(&self, done: u64) {
        Self::advance(self, done);
    }
}
