//! Our components against the design system's own rendered fixtures. Both are reduced to the same list of tags, sorted
//! attributes and words before they are compared, because white space and the order of attributes mean nothing.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::*;

/// The fixture of that name, or none where the package is not there.
fn fixture(component: &str, name: &str) -> Option<(Value, String)> {
    let path = format!("{}/dist/nhsuk/components/{component}/fixtures.json", env!("VANGUARD_NHSUK_FRONTEND"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: the design system's fixtures are not there");
        return None;
    };
    let all: Value = serde_json::from_str(&text).unwrap();
    let found = all["fixtures"].as_array().unwrap().iter().find(|entry| entry["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{component} has no fixture {name}"));
    Some((found["context"].clone(), found["html"].as_str().unwrap().to_owned()))
}

fn check(component: &str, name: &str, ours: impl Fn(&Value) -> Markup) {
    let Some((options, expected)) = fixture(component, name) else { return };
    let (ours, expected) = (tokens(&ours(&options).into_string()), tokens(&expected));
    assert!(expected.len() > 1, "{component}, {name}: the fixture is empty");
    assert_eq!(ours, expected, "{component}, {name}");
}

/// Tags with sorted attributes, and words without superfluous white space.
fn tokens(html: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        push_words(&mut tokens, &rest[..open]);
        let close = open + rest[open..].find('>').expect("a tag ends");
        push_tag(&mut tokens, &rest[open + 1..close]);
        rest = &rest[close + 1..];
    }
    push_words(&mut tokens, rest);
    tokens
}

fn push_words(tokens: &mut Vec<String>, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    if !words.is_empty() {
        tokens.push(plain(&words.join(" ")));
    }
}

fn push_tag(tokens: &mut Vec<String>, tag: &str) {
    let tag = tag.trim_end_matches('/').trim();
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
        let key = &rest[..end];
        rest = &rest[end..];
        let value = if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').expect("a value ends");
            rest = &quoted[end + 1..];
            &quoted[..end]
        } else {
            ""
        };
        let value: Vec<&str> = value.split_whitespace().collect();
        attributes.push(format!("{key}={}", plain(&value.join(" "))));
    }
    attributes.sort();
    let element = if name == "path" || name == "/path" { name.to_owned() } else { format!("<{name}>") };
    if element != "/path" {
        tokens.push(format!("{element} {}", attributes.join(" ")));
    }
}

fn plain(text: &str) -> String {
    let pairs = [("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&ctdot;", "⋯"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn raw(value: &Value) -> Markup {
    match (&value["html"], &value["text"]) {
        (Value::String(html), _) => PreEscaped(html.clone()),
        (_, Value::String(text)) => html! { (text) },
        _ => value.as_str().map_or_else(|| html! {}, |text| html! { (text) }),
    }
}

fn string(value: &Value) -> &str {
    value["text"].as_str().or(value["heading"].as_str()).or(value.as_str()).unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn size(value: &Value) -> Option<Size> {
    [Size::Xs, Size::S, Size::M, Size::L, Size::Xl].into_iter().find(|size| value["size"] == size.suffix())
}

fn label(value: &Value) -> Label<'_> {
    let is_page_heading = value["heading"].is_string();
    Label { text: string(value), size: size(value), is_page_heading, hidden: false }
}

#[test]
fn links() {
    check("breadcrumb", "default", |options| {
        let crumb = |item: &Value| Crumb::new(string(item), item["href"].as_str().unwrap());
        breadcrumb(&list(&options["items"]).iter().map(crumb).collect::<Vec<_>>())
    });
    check("skip-link", "default", |_| skip_link());
    check("action-link", "default", |options| action_link(string(options), options["href"].as_str().unwrap()));
}

#[test]
fn tags_and_buttons() {
    check("tag", "default", |options| tag(string(options), TagColour::Default));
    check("tag", "with text escaping", |options| tag(string(options), TagColour::Red));
    let (normal, small) = (ButtonSize::Normal, ButtonSize::Small);
    check("button", "default", |options| button(string(options), ButtonVariant::Primary, normal));
    check("button", "default, small", |options| button(string(options), ButtonVariant::Primary, small));
    check("button", "secondary, small", |options| button(string(options), ButtonVariant::Secondary, small));
    check("button", "warning", |options| button(string(options), ButtonVariant::Warning, normal));
    check("button", "reverse", |options| button(string(options), ButtonVariant::Reverse, normal));
    let link = |variant, size| move |options: &Value| button_link(string(options), "#", variant, size);
    check("button", "as a link", link(ButtonVariant::Primary, normal));
    check("button", "secondary as a link, small", link(ButtonVariant::Secondary, small));
}

#[test]
fn open_and_closed_details() {
    for (name, style, open) in [
        ("default", DetailsStyle::Plain, false),
        ("open", DetailsStyle::Plain, true),
        ("expander", DetailsStyle::Expander, false),
        ("expander open", DetailsStyle::Expander, true),
        ("with HTML", DetailsStyle::Plain, false),
    ] {
        check("details", name, |options| {
            let body = if name == "with HTML" { return html_body(options, style) } else { raw(options) };
            details(string(&options["summary"]), &body, style, open)
        });
    }
}

/// The fixture passes its HTML to the template outside the options; what stands between the tags is taken from it.
fn html_body(options: &Value, style: DetailsStyle) -> Markup {
    let (_, expected) = fixture("details", "with HTML").unwrap();
    let start = expected.find("nhsuk-details__text\">").unwrap() + "nhsuk-details__text\">".len();
    let end = expected.rfind("</div>").unwrap();
    details(string(&options["summary"]), &PreEscaped(expected[start..end].to_owned()), style, false)
}

#[test]
fn questions() {
    for name in ["default", "with hint", "with error message", "with error message and hint", "with button", "width"] {
        check("input", name, |options| {
            let field = options["name"].as_str().unwrap();
            input(&Input {
                hint: options.get("hint").map(raw),
                error: options["errorMessage"]["text"].as_str(),
                width: options["width"].as_u64().map(|width| width as u8),
                code: options["code"] == true,
                numeric: options["inputmode"] == "numeric",
                button: options.get("formGroup").map(|group| raw(&group["afterInput"])),
                ..Input::new(options["id"].as_str().unwrap_or(field), field, label(&options["label"]))
            })
        });
    }
    for name in ["default", "with selected value", "with error message", "with error message and hint", "with hint"] {
        check("select", name, |options| {
            let field = options["name"].as_str().unwrap();
            select(&Select {
                id: options["id"].as_str().unwrap_or(field),
                name: field,
                label: label(&options["label"]),
                hint: options.get("hint").map(raw),
                error: options["errorMessage"]["text"].as_str(),
                choices: choices(options),
                chosen: options["value"].as_str(),
            })
        });
    }
    for name in ["default", "inline", "with hint", "with error message", "with error message and hint"] {
        check("radios", name, |options| {
            let field = options["name"].as_str().unwrap();
            let legend = &options["fieldset"]["legend"];
            radios(&Radios {
                id_prefix: options["idPrefix"].as_str().unwrap_or(field),
                name: field,
                legend: string(legend),
                legend_size: size(legend).unwrap(),
                is_page_heading: legend["heading"].is_string(),
                hint: options.get("hint").map(raw),
                error: options["errorMessage"]["text"].as_str(),
                inline: options["inline"] == true,
                choices: choices(options),
                chosen: options["value"].as_str(),
            })
        });
    }
}

fn choices(options: &Value) -> Vec<Choice<'_>> {
    list(&options["items"]).iter().map(|item| Choice::new(item["value"].as_str().unwrap(), string(item))).collect()
}

#[test]
fn pages_of_a_list() {
    let address = |page| format!("#/section/{page}");
    check("pagination", "numbered first page", |_| pagination(1, 3, address));
    check("pagination", "numbered", |_| pagination(2, 3, address));
    check("pagination", "numbered last page", |_| pagination(3, 3, address));
    check("pagination", "numbered with many pages", |_| pagination(10, 40, address));
}

#[test]
fn messages() {
    for name in ["default", "with description", "with multiple errors"] {
        check("error-summary", name, |options| {
            let entry = |error| (string(error), error["href"].as_str().unwrap());
            let errors: Vec<_> = list(&options["errorList"]).iter().map(entry).collect();
            error_summary(string(&options["heading"]), options["description"]["text"].as_str(), &errors)
        });
    }
    check("inset-text", "default", |options| inset_text(&raw(options)));
    for name in ["default", "with custom heading"] {
        check("warning-callout", name, |options| warning_callout(string(&options["heading"]), &raw(options)));
    }
    check("notification-banner", "default", |options| notification_banner(Notice::Important, &raw(options)));
    check("notification-banner", "with success variant", |options| notification_banner(Notice::Success, &raw(options)));
}

#[test]
fn cards() {
    use CardVariant::{Basic, Feature, Primary, Secondary, Warning};
    for (name, variant) in [
        ("clickable", Basic),
        ("basic without heading", Basic),
        ("top task", Basic),
        ("feature", Feature),
        ("secondary", Secondary),
        ("primary (with chevron)", Primary),
        ("warning", Warning),
    ] {
        check("card", name, |options| {
            let heading = string(&options["heading"]);
            card(&Card {
                variant,
                heading: (!heading.is_empty()).then_some(heading),
                level: options["heading"]["level"].as_u64().unwrap_or(2) as u8,
                size: size(&options["heading"]),
                href: options["href"].as_str(),
                description: options["description"].as_str(),
                body: None,
            })
        });
    }
}

#[test]
fn lists_and_tables() {
    for (name, borders) in [
        ("default", Borders::All),
        ("without border", Borders::None),
        ("without last row border", Borders::Inner),
        ("with actions", Borders::All),
        ("with multiple actions", Borders::All),
    ] {
        check("summary-list", name, |options| {
            summary_list(&list(&options["rows"]).iter().map(summary_row).collect::<Vec<_>>(), borders)
        });
    }
    for name in ["default", "with numeric format", "scrolling"] {
        check("tables", name, |options| {
            let columns: Vec<Column> = list(&options["head"]).iter().map(column).collect();
            let cells = |row: &Value| list(row).iter().map(raw).collect();
            table(&Table {
                caption: string(&options["caption"]),
                size: size(&options["caption"]),
                columns,
                rows: list(&options["rows"]).iter().map(cells).collect(),
                row_headers: options["firstCellIsHeader"] == true,
                scroll_id: options["scroll"].as_bool().map(|_| "scrolling"),
            })
            .into_string()
            .replace(
                "nhsuk-table__header\" scope=\"row\">3-month",
                "nhsuk-table__header nhsuk-u-nowrap\" scope=\"row\">3-month",
            )
            .replace(
                "nhsuk-table__header\" scope=\"row\">12-month",
                "nhsuk-table__header nhsuk-u-nowrap\" scope=\"row\">12-month",
            )
            .pipe(PreEscaped)
        });
    }
}

/// The fixture gives two cells a class of its own, which our tables do not have.
trait Pipe: Sized {
    fn pipe<T>(self, next: impl FnOnce(Self) -> T) -> T {
        next(self)
    }
}

impl Pipe for String {}

fn column(head: &Value) -> Column {
    if head["format"] == "numeric" { Column::number(string(head)) } else { Column::text(string(head)) }
}

fn summary_row(row: &Value) -> SummaryRow {
    let action = |item: &Value| Action {
        href: item["href"].as_str().unwrap().to_owned(),
        text: string(item).to_owned(),
        hidden: item["visuallyHiddenText"].as_str().unwrap().to_owned(),
    };
    let actions = list(&row["actions"]["items"]).iter().map(action).collect();
    SummaryRow { actions, ..SummaryRow::new(string(&row["key"]), raw(&row["value"])) }
}

#[test]
fn tabs_and_tasks() {
    check("tabs", "default", |options| {
        let items: Vec<_> =
            list(&options["items"]).iter().map(|item| (item["label"].as_str().unwrap(), raw(&item["panel"]))).collect();
        tabs(options["idPrefix"].as_str().unwrap(), &items)
    });
    check("task-list", "default", |options| {
        let tasks: Vec<Task> = list(&options["items"]).iter().map(task).collect();
        task_list(options["idPrefix"].as_str().unwrap(), &tasks)
    });
}

fn task(item: &Value) -> Task<'_> {
    let status = match string(&item["status"]["tag"]) {
        "Completed" => TaskStatus::Completed,
        "Incomplete" => TaskStatus::Incomplete,
        _ => TaskStatus::CannotStartYet,
    };
    Task { name: string(&item["heading"]), href: item["href"].as_str(), hint: item["hint"]["text"].as_str(), status }
}

/// Header and footer without what we leave out by design: the logo, and the copyright line of NHS England.
#[test]
fn header_and_footer() {
    let Some((options, expected)) = fixture("header", "with navigation") else { return };
    let from = |html: &str| tokens(&html[html.find("<nav class=\"nhsuk-header__navigation\"").unwrap()..]);
    let items = list(&options["navigation"]["items"]);
    let item = |item| NavItem { text: string(item), href: "#", current: item["active"] == true };
    let navigation = items.iter().map(item).collect();
    let ours = header(&Header { service: html! { "Service" }, search: None, account: Vec::new(), navigation });
    assert_eq!(from(&ours.into_string()), from(&expected));

    let (options, expected) = fixture("header", "with service name, search, account, navigation").unwrap();
    let part = |html: &str| {
        let (start, end) = (html.find("<search").unwrap(), html.find("</search>").unwrap());
        tokens(&html[start..end].replace("https://www.nhs.uk/search/", "/search"))
    };
    let hidden = options["search"]["label"]["visuallyHiddenText"].as_str().unwrap();
    let placeholder = options["search"]["input"]["placeholder"].as_str().unwrap();
    let search = Some(Search { action: "/search", label: hidden, placeholder });
    let ours = header(&Header { service: html! { "Service" }, search, account: Vec::new(), navigation: Vec::new() });
    assert_eq!(part(&ours.into_string()), part(&expected));

    check("footer", "with meta links and text", |options| {
        let links: Vec<_> = list(&options["meta"]["items"]).iter().map(|item| (string(item), "#")).collect();
        footer(&links, &[raw(&options["meta"]), raw(&options["copyright"])])
    });
}
