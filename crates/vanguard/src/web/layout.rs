//! The frame of every page: header, notice, role switcher, navigation, breadcrumbs, main content and footer.

use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::components::{
    ButtonSize, ButtonVariant, Choice, Crumb, Header, Label, NavItem, Search, Select, TagColour, breadcrumb, button,
    footer, header, select, skip_link, tag,
};

/// The service's name.
pub const SERVICE: &str = "Vanguard";

/// A section of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the navigation")]
pub enum Section {
    Overview,
    Population,
    Segments,
    Localities,
    Cohorts,
    Caseloads,
    Measures,
    Evaluation,
    DataQuality,
    Linkage,
    CareModel,
}

impl Section {
    /// Every section in the order of the navigation.
    pub const ALL: [Self; 11] = [
        Self::Overview,
        Self::Population,
        Self::Segments,
        Self::Localities,
        Self::Cohorts,
        Self::Caseloads,
        Self::Measures,
        Self::Evaluation,
        Self::DataQuality,
        Self::Linkage,
        Self::CareModel,
    ];

    /// What the navigation calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Population => "Population",
            Self::Segments => "Segments and tiers",
            Self::Localities => "Localities",
            Self::Cohorts => "Cohorts",
            Self::Caseloads => "Caseloads",
            Self::Measures => "Measures",
            Self::Evaluation => "Evaluation",
            Self::DataQuality => "Data quality",
            Self::Linkage => "Linkage",
            Self::CareModel => "Care model",
        }
    }

    /// Whether the navigation shows it to a role. Others reach it from the page of the data's quality.
    pub fn is_for(self, role: &str) -> bool {
        self != Self::Linkage || matches!(role, "data_quality" | "analyst" | "site_lead")
    }

    /// Its address.
    pub fn href(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Population => "/population",
            Self::Segments => "/segments",
            Self::Localities => "/localities",
            Self::Cohorts => "/cohorts",
            Self::Caseloads => "/caseloads",
            Self::Measures => "/measures",
            Self::Evaluation => "/evaluation",
            Self::DataQuality => "/data-quality",
            Self::Linkage => "/linkage",
            Self::CareModel => "/care-model",
        }
    }
}

/// A role someone may switch to: the value the form sends, and its name.
pub const ROLES: [(&str, &str); 6] = [
    ("analyst", "Analyst"),
    ("care_coordinator", "Care coordinator"),
    ("gp", "GP"),
    ("site_lead", "Site lead"),
    ("evaluator", "Evaluator"),
    ("data_quality", "Data quality officer"),
];

/// Who is looking at the page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Their name.
    pub name: String,
    /// The value of their role among [`ROLES`].
    pub role: String,
    /// Their organisation, and their team where they have one.
    pub organisation: String,
    /// Whether their role gives direct care, so that they may search for a person.
    pub direct_care: bool,
}

impl Viewer {
    fn role_name(&self) -> &str {
        ROLES.iter().find(|(value, _)| *value == self.role).map_or(self.role.as_str(), |(_, name)| name)
    }
}

/// What every page of a place shares.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The place's name.
    pub place: String,
    /// Who is looking.
    pub viewer: Viewer,
    /// The live snapshot's name, where data has been loaded.
    pub snapshot: Option<String>,
    /// The day the figures stand for, in words.
    pub as_of: Option<String>,
}

/// One page.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it is called; the browser shows "Page - Vanguard".
    pub title: String,
    /// The section it belongs to.
    pub section: Option<Section>,
    /// The steps above it.
    pub breadcrumbs: Vec<Crumb>,
    /// Its own address, where the role switcher returns to.
    pub path: String,
    /// Everything below the breadcrumbs, with one `h1`.
    pub body: Markup,
}

/// The whole page.
pub fn layout(shell: &Shell, page: &Page) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                title { (page.title) " - " (SERVICE) }
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="theme-color" content="#005eb8";
                link rel="icon" href=(assets::ICON) type="image/svg+xml";
                link rel="stylesheet" href=(assets::STYLE);
                script type="module" src=(assets::SCRIPT) {}
            }
            body {
                (skip_link())
                (page_header(shell, page.section))
                (notice(shell, &page.path))
                div class="nhsuk-width-container" {
                    (breadcrumb(&page.breadcrumbs))
                    main class="nhsuk-main-wrapper" id="maincontent" { (page.body) }
                }
                (page_footer(shell))
            }
        }
    }
}

fn page_header(shell: &Shell, section: Option<Section>) -> Markup {
    let item = |entry: &Section| NavItem { text: entry.title(), href: entry.href(), current: section == Some(*entry) };
    let label = "Search for a person by name or NHS number";
    header(&Header {
        service: html! {
            span class="vg-service" { (SERVICE) }
            span class="vg-place" { (shell.place) }
        },
        search: shell.viewer.direct_care.then_some(Search {
            action: "/search",
            label,
            placeholder: "Name or NHS number",
        }),
        account: vec![html! { (shell.viewer.name) ", " (shell.viewer.role_name()) }],
        navigation: Section::ALL.iter().filter(|section| section.is_for(&shell.viewer.role)).map(item).collect(),
    })
}

/// The notice that these are no real people, and the role switcher that stands in for signing in.
fn notice(shell: &Shell, path: &str) -> Markup {
    let viewer = &shell.viewer;
    let role = Select {
        id: "role",
        name: "role",
        label: Label::plain("See the pages as"),
        hint: None,
        error: None,
        choices: ROLES.iter().map(|(value, name)| Choice::new(value, name)).collect(),
        chosen: Some(&viewer.role),
    };
    html! {
        section class="vg-notice" aria-label="Test data and your role" {
            div class="nhsuk-width-container vg-notice__inner" {
                p class="vg-notice__data" { (tag("Synthetic or test data only", TagColour::Yellow)) }
                p class="vg-notice__who" {
                    "You are " strong { (viewer.name) } ", " (viewer.role_name()) " at " (viewer.organisation)
                }
                form class="vg-role" method="post" action="/role" {
                    input type="hidden" name="return_to" value=(path);
                    (select(&role))
                    (button("Switch role", ButtonVariant::Secondary, ButtonSize::Small))
                }
            }
        }
    }
}

fn page_footer(shell: &Shell) -> Markup {
    let snapshot = html! {
        @match (&shell.snapshot, &shell.as_of) {
            (Some(snapshot), Some(day)) => { "Figures as of " (day) ". Snapshot " (snapshot) "." },
            (Some(snapshot), None) => { "Snapshot " (snapshot) "." },
            _ => "No data has been loaded yet.",
        }
    };
    let version = html! { (SERVICE) " " (env!("CARGO_PKG_VERSION")) ". Synthetic or test data only." };
    let links = [("Data quality", Section::DataQuality.href()), ("Licences", assets::LICENCES)];
    footer(&links, &[snapshot, version])
}
