//! A month's changes of every shape: the command itself fails unless a refresh and a rebuild give the same bytes.

use super::super::tests::{Draw, lake, people};
use super::delta::{Shape, Size, make};
use super::{Plan, run};

#[test]
fn a_month_of_any_shape_gives_the_bytes_of_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("lake");
    lake(&place, &people(1_500, &mut Draw(23)));
    let shapes = [(Shape::People, 1, 0.01), (Shape::Rows, 2, 0.05), (Shape::Spells, 3, 0.2)];
    for (shape, threads, share) in shapes {
        let size = Size { shape, share, one_in: 100, seed: threads as u64 };
        let report = run(&place, Plan { size, repeat: 1, threads }).unwrap();
        let number = |name: &str| report.json[name].as_u64().unwrap();
        assert_eq!(report.json["identical"], true);
        assert!(number("new_rows") > 40 && number("people_named") > 30, "{:?}", report.json);
        assert!(number("people_changed") > 20 && number("people_changed") <= number("people_named"));
        assert!(report.text.contains("the same bytes"));
    }
    assert!(!folder.path().join("lake-refresh").exists(), "what was made for the measurement is removed");
}

#[test]
fn changes_are_of_the_size_asked_for_and_the_same_in_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("lake");
    let base = lake(&place, &people(1_500, &mut Draw(4)));
    let size = Size { shape: Shape::Spells, share: 0.1, one_in: 50, seed: 9 };
    let (one, codes) = make(&base, size, 1).unwrap();
    let (other, _) = make(&base, size, 4).unwrap();
    assert_eq!((&one.added, &one.replaced, &one.gone), (&other.added, &other.replaced, &other.gone));
    let wanted = base.manifest().events as f64 * size.share;
    assert!((0.9..=1.0).contains(&(one.added.events.len() as f64 / wanted)), "{}", one.added.events.len());
    assert!(one.gone.len() > 20 && one.replaced.people.len() > 40);
    assert_eq!(codes.len() as u32, base.dictionary().len() + 1);
    let (third, _) = make(&base, Size { seed: 10, ..size }, 1).unwrap();
    assert_ne!(one.gone, third.gone);
}
