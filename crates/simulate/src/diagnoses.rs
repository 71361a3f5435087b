//! Why people are in hospital: main diagnoses of emergencies, planned operations, and what is coded beside them.

use crate::conditions as c;

/// A reason for an emergency admission.
pub struct Reason {
    /// ICD-10 code as a hospital writes it.
    pub icd10: &'static str,
    /// Weight at the ages 0-14, 15-44, 45-69 and 70+.
    pub weights: [f64; 4],
    /// The condition that must be there, if any; it makes the reason eight times as likely.
    pub needs: Option<usize>,
    /// Treatment function.
    pub specialty: &'static str,
    /// Chief complaint in the emergency department (SNOMED CT).
    pub complaint: &'static str,
}

const fn reason(
    icd10: &'static str,
    weights: [f64; 4],
    needs: Option<usize>,
    specialty: &'static str,
    complaint: &'static str,
) -> Reason {
    Reason { icd10, weights, needs, specialty, complaint }
}

const BREATH: &str = "267036007";
const CHEST: &str = "29857009";
const BELLY: &str = "21522001";
const FALL: &str = "161898004";
const HEAD: &str = "82271004";
const FEVER: &str = "386661006";
const CONFUSED: &str = "3006004";
const FAINT: &str = "271594007";
const FRACTURE: &str = "125605004";
const SICK: &str = "422400008";
const FIT: &str = "91175000";

/// Chief complaints of those who go home, with weights.
pub const COMPLAINTS: [(&str, f64); 15] = [
    (CHEST, 8.0),
    (BREATH, 7.0),
    (BELLY, 10.0),
    (FALL, 9.0),
    (HEAD, 7.0),
    (FEVER, 8.0),
    ("25064002", 5.0),
    ("161891005", 6.0),
    (CONFUSED, 1.0),
    (FAINT, 3.0),
    (FRACTURE, 14.0),
    ("312608009", 12.0),
    ("50920009", 2.0),
    (FIT, 1.0),
    (SICK, 5.0),
];

/// Emergency reasons.
pub const EMERGENCIES: [Reason; 47] = [
    reason("B349", [12.0, 1.0, 0.5, 0.4], None, "300", FEVER),
    reason("J069", [10.0, 1.0, 0.2, 0.1], None, "420", FEVER),
    reason("J219", [8.0, 0.0, 0.0, 0.0], None, "420", BREATH),
    reason("J459", [1.0, 0.4, 0.3, 0.2], Some(c::ASTHMA), "340", BREATH),
    reason("A099", [6.0, 2.0, 1.6, 1.5], None, "300", SICK),
    reason("R104", [4.0, 9.0, 5.0, 2.5], None, "100", BELLY),
    reason("K359", [2.0, 3.0, 1.0, 0.3], None, "100", BELLY),
    reason("N390", [2.0, 3.0, 3.5, 8.0], None, "300", FEVER),
    reason("J189", [2.0, 2.0, 5.0, 10.0], None, "300", BREATH),
    reason("J22X", [3.0, 1.0, 4.0, 7.0], None, "300", BREATH),
    reason("A419", [0.5, 1.5, 4.0, 7.0], None, "300", FEVER),
    reason("R074", [0.5, 6.0, 10.0, 4.0], None, "320", CHEST),
    reason("I214", [0.0, 0.3, 3.0, 2.8], None, "320", CHEST),
    reason("I200", [0.0, 0.0, 0.6, 0.5], Some(c::CHD), "320", CHEST),
    reason("I500", [0.0, 0.0, 0.5, 1.0], Some(c::HEART_FAILURE), "320", BREATH),
    reason("I489", [0.0, 0.1, 0.6, 0.6], Some(c::AF), "320", CHEST),
    reason("I639", [0.0, 0.2, 2.0, 4.0], None, "300", CONFUSED),
    reason("I619", [0.0, 0.1, 0.4, 0.6], None, "300", CONFUSED),
    reason("G459", [0.0, 0.1, 0.8, 1.3], None, "300", CONFUSED),
    reason("J440", [0.0, 0.1, 1.6, 1.6], Some(c::COPD), "340", BREATH),
    reason("R55X", [0.3, 1.5, 2.0, 3.0], None, "300", FAINT),
    reason("R296", [0.0, 0.1, 0.5, 4.0], None, "430", FALL),
    reason("S7200", [0.0, 0.1, 0.6, 4.0], None, "110", FALL),
    reason("S099", [3.0, 2.0, 1.3, 2.5], None, "180", HEAD),
    reason("S065", [0.1, 0.2, 0.4, 1.0], None, "110", HEAD),
    reason("S5250", [3.0, 1.5, 1.2, 1.0], None, "110", FRACTURE),
    reason("S4220", [0.5, 0.3, 0.6, 1.0], None, "110", FALL),
    reason("L031", [1.0, 2.0, 3.0, 2.5], None, "300", FEVER),
    reason("K802", [0.0, 2.0, 2.0, 1.0], None, "100", BELLY),
    reason("K859", [0.0, 1.0, 1.3, 0.6], None, "100", BELLY),
    reason("K922", [0.2, 1.0, 2.0, 2.0], None, "301", BELLY),
    reason("K746", [0.0, 0.1, 0.5, 0.2], Some(c::LIVER), "301", BELLY),
    reason("T391", [1.0, 5.0, 1.5, 0.3], None, "180", "50920009"),
    reason("F101", [0.1, 2.0, 2.0, 0.3], None, "180", CONFUSED),
    reason("E101", [0.5, 0.8, 0.3, 0.2], Some(c::TYPE_1), "300", SICK),
    reason("E116", [0.0, 0.1, 0.4, 0.4], Some(c::TYPE_2), "300", SICK),
    reason("G409", [0.4, 0.5, 0.4, 0.3], Some(c::EPILEPSY), "300", FIT),
    reason("R568", [2.0, 1.5, 1.0, 0.8], None, "300", FIT),
    reason("R51X", [0.5, 3.0, 1.5, 0.5], None, "300", "25064002"),
    reason("N179", [0.0, 0.5, 1.5, 3.0], None, "300", SICK),
    reason("E871", [0.1, 0.3, 0.8, 1.6], None, "300", CONFUSED),
    reason("F059", [0.0, 0.0, 0.15, 1.6], None, "430", CONFUSED),
    reason("R410", [0.0, 0.2, 0.5, 2.0], None, "430", CONFUSED),
    reason("M545", [0.1, 2.0, 2.0, 1.2], None, "110", "161891005"),
    reason("I269", [0.0, 0.7, 1.3, 1.0], None, "300", BREATH),
    reason("C349", [0.0, 0.05, 0.4, 0.4], Some(c::CANCER), "370", BREATH),
    reason("F03X", [0.0, 0.0, 0.1, 0.7], Some(c::DEMENTIA), "430", CONFUSED),
];

/// A planned admission.
pub struct Planned {
    /// ICD-10 code.
    pub icd10: &'static str,
    /// OPCS-4 code.
    pub opcs4: &'static str,
    /// Treatment function.
    pub specialty: &'static str,
    /// Weight at the ages 0-14, 15-44, 45-69 and 70+.
    pub weights: [f64; 4],
    /// Share done in one day.
    pub day_case: f64,
    /// The condition that must be there, if any.
    pub needs: Option<usize>,
}

const fn planned(
    icd10: &'static str,
    opcs4: &'static str,
    specialty: &'static str,
    weights: [f64; 4],
    day_case: f64,
    needs: Option<usize>,
) -> Planned {
    Planned { icd10, opcs4, specialty, weights, day_case, needs }
}

/// Planned operations and treatments.
pub const PLANNED: [Planned; 18] = [
    planned("H259", "C751", "130", [0.0, 0.2, 6.0, 22.0], 0.99, None),
    planned("K573", "H229", "301", [0.2, 5.0, 14.0, 10.0], 0.99, None),
    planned("K297", "G459", "301", [0.5, 6.0, 12.0, 8.0], 0.99, None),
    planned("M179", "W401", "110", [0.0, 0.1, 4.0, 5.0], 0.03, None),
    planned("M169", "W371", "110", [0.0, 0.1, 3.0, 4.0], 0.02, None),
    planned("K409", "T202", "100", [2.0, 3.0, 5.0, 4.0], 0.8, None),
    planned("K802", "J183", "100", [0.1, 3.0, 4.0, 2.0], 0.5, None),
    planned("J350", "F341", "120", [12.0, 5.0, 0.5, 0.1], 0.6, None),
    planned("H653", "D151", "120", [8.0, 0.3, 0.2, 0.1], 0.9, None),
    planned("K021", "F091", "140", [14.0, 2.0, 0.3, 0.1], 0.98, None),
    planned("N320", "M459", "101", [0.3, 2.0, 6.0, 9.0], 0.9, None),
    planned("N920", "Q181", "502", [0.0, 8.0, 5.0, 1.0], 0.9, None),
    planned("C509", "X721", "370", [0.5, 1.0, 6.0, 5.0], 0.97, Some(c::CANCER)),
    planned("C189", "X729", "370", [0.3, 0.6, 5.0, 5.0], 0.97, Some(c::CANCER)),
    planned("N185", "X403", "361", [0.0, 0.3, 1.5, 1.5], 1.0, Some(c::CKD)),
    planned("D229", "S069", "330", [2.0, 4.0, 7.0, 10.0], 0.98, None),
    planned("I251", "K751", "320", [0.0, 0.1, 2.0, 2.0], 0.6, Some(c::CHD)),
    planned("M232", "W822", "110", [1.0, 5.0, 4.0, 1.0], 0.85, None),
];

/// What is coded beside the main diagnosis of frail people: code and its chance at a frailty of 0.3.
/// The codes are those of the Hospital Frailty Risk Score (Gilbert and others, 2018) and close relatives.
pub const OF_FRAILTY: [(&str, f64); 34] = [
    ("W19X", 0.24),
    ("R296", 0.2),
    ("N390", 0.18),
    ("F059", 0.14),
    ("S009", 0.07),
    ("R31X", 0.05),
    ("B962", 0.13),
    ("R410", 0.13),
    ("R268", 0.12),
    ("I679", 0.05),
    ("R568", 0.04),
    ("R400", 0.05),
    ("T835", 0.03),
    ("S065", 0.02),
    ("E871", 0.16),
    ("M255", 0.06),
    ("E86X", 0.12),
    ("R54X", 0.22),
    ("Z501", 0.09),
    ("W180", 0.07),
    ("Z751", 0.07),
    ("S801", 0.03),
    ("N179", 0.26),
    ("L899", 0.09),
    ("Z740", 0.1),
    ("Z602", 0.16),
    ("R13X", 0.07),
    ("R32X", 0.07),
    ("R15X", 0.04),
    ("J690", 0.03),
    ("I951", 0.08),
    ("K590", 0.13),
    ("R33X", 0.09),
    ("D649", 0.13),
];

/// Position of an age in the four groups of weights.
pub const fn age_group(age: i32) -> usize {
    match age {
        i32::MIN..=14 => 0,
        15..=44 => 1,
        45..=69 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nhs::{Icd10, Opcs4, SnomedId};

    #[test]
    fn codes_are_well_formed() {
        for reason in &EMERGENCIES {
            assert!(Icd10::parse(reason.icd10).is_ok(), "{}", reason.icd10);
            assert!(SnomedId::parse(reason.complaint).is_ok(), "{}", reason.complaint);
        }
        for plan in &PLANNED {
            assert!(Icd10::parse(plan.icd10).is_ok() && Opcs4::parse(plan.opcs4).is_ok(), "{}", plan.opcs4);
        }
        assert!(OF_FRAILTY.iter().all(|(code, _)| Icd10::parse(code).is_ok()));
        for (code, _) in COMPLAINTS {
            assert!(SnomedId::parse(code).is_ok(), "{code}");
        }
    }
}
