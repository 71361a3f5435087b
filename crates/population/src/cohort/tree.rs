//! A rule taken apart into conditions and groups, changed, and put together again. The text stays the definition.

use super::tokens::{Kind, Token, tokens};
use std::fmt::Write as _;

/// More conditions than these are refused.
pub const MOST_CONDITIONS: usize = 60;
/// Deeper brackets than these are left to the compiler, which refuses them.
const DEEPEST: usize = 40;

/// How the parts of a group go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Every part must hold.
    All,
    /// One is enough.
    Any,
}

impl Join {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::All => Self::Any,
            Self::Any => Self::All,
        }
    }

    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "and",
            Self::Any => "or",
        }
    }
}

/// A part of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A condition, as written.
    Leaf(String),
    /// Conditions that go together.
    Group(Join, Vec<Node>),
    /// The contrary.
    Not(Box<Node>),
}

/// A rule: a group of parts. The empty rule holds for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// How the parts go together.
    pub join: Join,
    /// The parts.
    pub parts: Vec<Node>,
}

/// A change to a rule. Paths are positions from the root down; negations are no step of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A further condition at the end of a group; the empty path is the root.
    Add(Vec<usize>, String),
    /// Another condition in place of a part.
    Put(Vec<usize>, String),
    /// A part goes together with a new condition in a group of their own.
    With(Vec<usize>, Join, String),
    /// A part goes.
    Remove(Vec<usize>),
    /// A part turns into its contrary, and back.
    Negate(Vec<usize>),
    /// A group's parts go together the other way; the empty path is the root.
    Turn(Vec<usize>),
}

impl Tree {
    /// Takes a rule apart. What cannot be told apart is one condition, as written.
    pub fn parse(rule: &str) -> Self {
        if rule.trim().is_empty() {
            return Self { join: Join::All, parts: Vec::new() };
        }
        let whole = || Node::Leaf(rule.trim().to_owned());
        let node =
            tokens(rule).and_then(|tokens| Reader { rule, tokens: &tokens, at: 0 }.whole()).unwrap_or_else(whole);
        match node {
            Node::Group(join, parts) => Self { join, parts },
            node => Self { join: Join::All, parts: vec![node] },
        }
    }

    /// The text of the rule; empty for everybody.
    pub fn text(&self) -> String {
        match self.parts.as_slice() {
            [] => String::new(),
            [only] => text_of(only),
            parts => joined(self.join, parts),
        }
    }

    /// How many conditions it has.
    pub fn conditions(&self) -> usize {
        self.parts.iter().map(Node::conditions).sum()
    }

    /// The part at a path.
    pub fn at(&self, path: &[usize]) -> Option<&Node> {
        let (&first, rest) = path.split_first()?;
        rest.iter().try_fold(self.parts.get(first)?, |node, &step| match node.bare() {
            Node::Group(_, parts) => parts.get(step),
            _ => None,
        })
    }

    /// The rule after a change, with groups of one or none dissolved; `None` where the path leads nowhere.
    pub fn after(&self, step: Step) -> Option<Self> {
        let mut tree = self.clone();
        match step {
            Step::Add(path, leaf) => tree.group(&path)?.1.push(Node::Leaf(leaf)),
            Step::Turn(path) => {
                let (join, _) = tree.group(&path)?;
                *join = join.other();
            }
            Step::Put(path, leaf) => *tree.node(&path)? = Node::Leaf(leaf),
            Step::With(path, join, leaf) => {
                let node = tree.node(&path)?;
                let old = std::mem::replace(node, Node::Leaf(String::new()));
                *node = Node::Group(join, vec![old, Node::Leaf(leaf)]);
            }
            Step::Negate(path) => {
                let node = tree.node(&path)?;
                *node = match std::mem::replace(node, Node::Leaf(String::new())) {
                    Node::Not(inner) => *inner,
                    node => Node::Not(Box::new(node)),
                };
            }
            Step::Remove(path) => {
                let (&last, above) = path.split_last()?;
                let parts = tree.group(above)?.1;
                if last >= parts.len() {
                    return None;
                }
                parts.remove(last);
            }
        }
        // Written and read again, so that what is shown is what the text says.
        Some(Self::parse(&tree.text()))
    }

    fn node(&mut self, path: &[usize]) -> Option<&mut Node> {
        let (&last, above) = path.split_last()?;
        self.group(above)?.1.get_mut(last)
    }

    fn group(&mut self, path: &[usize]) -> Option<(&mut Join, &mut Vec<Node>)> {
        let Some((&first, rest)) = path.split_first() else { return Some((&mut self.join, &mut self.parts)) };
        let mut node = self.parts.get_mut(first)?;
        for &step in rest {
            node = match node.bare_mut() {
                Node::Group(_, parts) => parts.get_mut(step)?,
                _ => return None,
            };
        }
        match node.bare_mut() {
            Node::Group(join, parts) => Some((join, parts)),
            _ => None,
        }
    }
}

impl Node {
    fn conditions(&self) -> usize {
        match self {
            Self::Leaf(_) => 1,
            Self::Group(_, parts) => parts.iter().map(Self::conditions).sum(),
            Self::Not(inner) => inner.conditions(),
        }
    }

    /// The node without its negations.
    pub fn bare(&self) -> &Self {
        let mut node = self;
        while let Self::Not(inner) = node {
            node = inner;
        }
        node
    }

    fn bare_mut(&mut self) -> &mut Self {
        let mut node = self;
        while let Self::Not(inner) = node {
            node = inner;
        }
        node
    }

    /// Whether it says the contrary of what stands in it.
    pub fn is_negated(&self) -> bool {
        let (mut node, mut negated) = (self, false);
        while let Self::Not(inner) = node {
            (node, negated) = (inner, !negated);
        }
        negated
    }
}

/// A path as `0.2.1`.
pub fn path_text(path: &[usize]) -> String {
    let mut text = String::new();
    for (place, step) in path.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = if place == 0 { write!(text, "{step}") } else { write!(text, ".{step}") };
    }
    text
}

/// Reads `0.2.1`; empty text is the root. `None` for anything else.
pub fn parse_path(text: &str) -> Option<Vec<usize>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let path: Vec<usize> = text.split('.').map(|step| step.parse().ok()).collect::<Option<_>>()?;
    (path.len() <= DEEPEST).then_some(path)
}

fn text_of(node: &Node) -> String {
    match node {
        Node::Leaf(text) => text.clone(),
        Node::Group(join, parts) => match parts.as_slice() {
            [] => String::new(),
            [only] => text_of(only),
            parts => format!("({})", joined(*join, parts)),
        },
        Node::Not(inner) => match text_of(inner) {
            text if text.is_empty() => text,
            text => format!("not {text}"),
        },
    }
}

fn joined(join: Join, parts: &[Node]) -> String {
    let texts: Vec<String> = parts.iter().map(text_of).filter(|text| !text.is_empty()).collect();
    texts.join(&format!(" {} ", join.word()))
}

/// Reads the conditions of a rule from its tokens.
struct Reader<'a> {
    rule: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn whole(&mut self) -> Option<Node> {
        let node = self.any(0)?;
        (self.at == self.tokens.len()).then_some(node)
    }

    fn next_is(&self, word: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is(self.rule, word))
    }

    fn any(&mut self, depth: usize) -> Option<Node> {
        self.chain(Join::Any, depth)
    }

    /// Parts with `or` between them, each of which is parts with `and` between them.
    fn chain(&mut self, join: Join, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let mut parts = Vec::new();
        loop {
            let part = if join == Join::Any { self.chain(Join::All, depth)? } else { self.not(depth)? };
            match part {
                Node::Group(of, inner) if of == join => parts.extend(inner),
                part => parts.push(part),
            }
            if !self.next_is(join.word()) {
                break;
            }
            self.at += 1;
        }
        if parts.len() == 1 { parts.pop() } else { Some(Node::Group(join, parts)) }
    }

    fn not(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        if self.next_is("not") {
            self.at += 1;
            return Some(Node::Not(Box::new(self.not(depth + 1)?)));
        }
        self.bracket(depth).or_else(|| self.leaf())
    }

    /// A bracket around conditions, as opposed to one in the sum of a condition.
    fn bracket(&mut self, depth: usize) -> Option<Node> {
        let start = self.at;
        if self.tokens.get(start)?.kind == Kind::Open {
            self.at += 1;
            if let Some(node) = self.any(depth + 1)
                && self.tokens.get(self.at).is_some_and(|t| t.kind == Kind::Close)
            {
                self.at += 1;
                let ends = match self.tokens.get(self.at) {
                    None => true,
                    Some(next) => next.kind == Kind::Close || next.is(self.rule, "and") || next.is(self.rule, "or"),
                };
                if ends {
                    return Some(node);
                }
            }
        }
        self.at = start;
        None
    }

    /// Everything up to the next `and` or `or` that is not of a `between`, or the bracket that closes.
    fn leaf(&mut self) -> Option<Node> {
        let start = self.at;
        let (mut brackets, mut between, mut cases) = (0_usize, 0_usize, 0_usize);
        while let Some(token) = self.tokens.get(self.at) {
            match token.kind {
                Kind::Open => brackets += 1,
                Kind::Close if brackets == 0 => break,
                Kind::Close => brackets -= 1,
                Kind::Word if token.is(self.rule, "case") => cases += 1,
                Kind::Word if token.is(self.rule, "end") => cases = cases.saturating_sub(1),
                Kind::Word if brackets > 0 || cases > 0 => {}
                Kind::Word if token.is(self.rule, "between") => between += 1,
                Kind::Word if token.is(self.rule, "and") && between > 0 => between -= 1,
                Kind::Word if token.is(self.rule, "and") || token.is(self.rule, "or") => break,
                _ => {}
            }
            self.at += 1;
        }
        let last = self.tokens[start..self.at].last()?;
        if brackets > 0 {
            return None;
        }
        Some(Node::Leaf(self.rule[self.tokens[start].at.start..last.at.end].to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(text: &str) -> Node {
        Node::Leaf(text.into())
    }

    #[test]
    fn rules_come_apart_at_their_joints() {
        for (rule, join, parts) in [
            ("age >= 65", Join::All, vec![leaf("age >= 65")]),
            ("", Join::All, vec![]),
            ("age between 1 and 2 and frail", Join::All, vec![leaf("age between 1 and 2"), leaf("frail")]),
            ("(a + b) > 3 or not (c)", Join::Any, vec![leaf("(a + b) > 3"), Node::Not(Box::new(leaf("c")))]),
            ("sex in ('and', 'o''r') AND x", Join::All, vec![leaf("sex in ('and', 'o''r')"), leaf("x")]),
            ("a or b and c", Join::Any, vec![leaf("a"), Node::Group(Join::All, vec![leaf("b"), leaf("c")])]),
            (
                "case when a and b then 1 else 0 end > 0 and c",
                Join::All,
                vec![leaf("case when a and b then 1 else 0 end > 0"), leaf("c")],
            ),
            ("((a and b)) and c", Join::All, vec![leaf("a"), leaf("b"), leaf("c")]),
            // Nothing sensible: one condition, for the compiler to judge.
            ("a and", Join::All, vec![leaf("a and")]),
            ("a -- b", Join::All, vec![leaf("a -- b")]),
            ("'a", Join::All, vec![leaf("'a")]),
            ("a) or (b", Join::All, vec![leaf("a) or (b")]),
        ] {
            assert_eq!(Tree::parse(rule), Tree { join, parts }, "{rule}");
        }
        let deep = format!("{}a{}", "(".repeat(500), ")".repeat(500));
        assert_eq!(Tree::parse(&deep).conditions(), 1);
        assert_eq!(Tree::parse(&"not ".repeat(2_000)).parts.len(), 1);
    }

    #[test]
    fn changes() {
        let tree = Tree::parse("a and (b or not c)");
        let after = |step: Step| tree.after(step).map(|t| t.text());
        let d = || "d".to_owned();
        assert_eq!(after(Step::Add(vec![], d())).unwrap(), "a and (b or not c) and d");
        assert_eq!(after(Step::Add(vec![1], d())).unwrap(), "a and (b or not c or d)");
        assert_eq!(after(Step::Put(vec![1, 0], d())).unwrap(), "a and (d or not c)");
        assert_eq!(after(Step::With(vec![0], Join::Any, d())).unwrap(), "(a or d) and (b or not c)");
        assert_eq!(after(Step::Remove(vec![1, 0])).unwrap(), "a and not c");
        assert_eq!(after(Step::Remove(vec![1])).unwrap(), "a");
        assert_eq!(after(Step::Negate(vec![1])).unwrap(), "a and not (b or not c)");
        assert_eq!(after(Step::Negate(vec![1, 1])).unwrap(), "a and (b or c)");
        assert_eq!(after(Step::Turn(vec![])).unwrap(), "a or b or not c");
        assert_eq!(after(Step::Turn(vec![1])).unwrap(), "a and b and not c");
        for nowhere in [vec![2], vec![0, 0], vec![1, 5], vec![9; 30]] {
            assert_eq!(after(Step::Put(nowhere.clone(), d())), None);
            assert_eq!(after(Step::Remove(nowhere)), None);
        }
        assert_eq!(Tree::parse("a").after(Step::Remove(vec![0])).unwrap().text(), "");
        assert_eq!(parse_path("1.0.2").unwrap(), [1, 0, 2]);
        assert_eq!(parse_path("").unwrap(), Vec::<usize>::new());
        assert_eq!(parse_path("1..2"), None);
        assert_eq!(path_text(&[1, 0, 2]), "1.0.2");
    }
}
