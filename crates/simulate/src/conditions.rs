//! Long-term conditions: how common they are by age, how they are coded, and which medicines go with them.

/// A long-term condition.
pub struct Condition {
    /// SNOMED CT concept of the GP record.
    pub snomed: &'static str,
    /// Its words.
    pub term: &'static str,
    /// ICD-10 codes of the hospital, one of which a person keeps.
    pub icd10: &'static [&'static str],
    /// People per 1,000 at the ages 0-17, 18-29, 30-44, 45-59, 60-69, 70-79, 80-89 and 90+.
    pub prevalence: [f64; 8],
    /// Ratio between the most and the least deprived tenth, less one.
    pub deprivation: f64,
    /// Medicines (positions in [`MEDICINES`]) with the share of people who take them.
    pub medicines: &'static [(usize, f64)],
}

/// A medicine of the British National Formulary.
pub struct Medicine {
    /// Chemical substance code.
    pub bnf: &'static str,
    /// Name.
    pub name: &'static str,
    /// Units of an issue.
    pub quantity: u64,
}

const fn medicine(bnf: &'static str, name: &'static str, quantity: u64) -> Medicine {
    Medicine { bnf, name, quantity }
}

/// Medicines, repeat ones first.
pub const MEDICINES: [Medicine; 34] = [
    medicine("0206020A0", "Amlodipine 5mg tablets", 28),
    medicine("0205051R0", "Ramipril 5mg capsules", 28),
    medicine("0212000B0", "Atorvastatin 20mg tablets", 28),
    medicine("0601022B0", "Metformin 500mg tablets", 84),
    medicine("0601021M0", "Gliclazide 80mg tablets", 56),
    medicine("0601011A0", "Insulin 100units/ml", 5),
    medicine("0301011R0", "Salbutamol 100micrograms/dose inhaler", 1),
    medicine("0302000C0", "Beclometasone 100micrograms/dose inhaler", 1),
    medicine("0301020Q0", "Tiotropium 18microgram inhalation capsules", 30),
    medicine("0209000A0", "Aspirin 75mg dispersible tablets", 28),
    medicine("0209000C0", "Clopidogrel 75mg tablets", 28),
    medicine("0204000H0", "Bisoprolol 2.5mg tablets", 28),
    medicine("0202020L0", "Furosemide 40mg tablets", 28),
    medicine("0208020Z0", "Apixaban 5mg tablets", 56),
    medicine("0208020V0", "Warfarin 1mg tablets", 28),
    medicine("0411000D0", "Donepezil 10mg tablets", 28),
    medicine("0411000G0", "Memantine 10mg tablets", 28),
    medicine("0403030Q0", "Sertraline 50mg tablets", 28),
    medicine("0403030D0", "Citalopram 20mg tablets", 28),
    medicine("0402010AB", "Quetiapine 100mg tablets", 60),
    medicine("040801060", "Lamotrigine 100mg tablets", 56),
    medicine("1001030U0", "Methotrexate 2.5mg tablets", 24),
    medicine("0407010H0", "Paracetamol 500mg tablets", 100),
    medicine("0407010F0", "Co-codamol 30mg/500mg tablets", 100),
    medicine("0606020A0", "Alendronic acid 70mg tablets", 4),
    medicine("0602010V0", "Levothyroxine 50microgram tablets", 28),
    medicine("0103050L0", "Lansoprazole 30mg capsules", 28),
    medicine("0103050P0", "Omeprazole 20mg capsules", 28),
    medicine("0409010N0", "Co-careldopa 25mg/100mg tablets", 84),
    medicine("0407020Q0", "Morphine 10mg/5ml oral solution", 100),
    medicine("0501013B0", "Amoxicillin 500mg capsules", 15),
    medicine("0501130R0", "Nitrofurantoin 100mg capsules", 6),
    medicine("0501011P0", "Phenoxymethylpenicillin 250mg tablets", 40),
    medicine("0603020T0", "Prednisolone 5mg tablets", 40),
];

/// Medicines given for a short illness.
pub const ACUTE: [usize; 8] = [30, 30, 31, 32, 33, 23, 22, 27];

const fn condition(
    snomed: &'static str,
    term: &'static str,
    icd10: &'static [&'static str],
    prevalence: [f64; 8],
    deprivation: f64,
    medicines: &'static [(usize, f64)],
) -> Condition {
    Condition { snomed, term, icd10, prevalence, deprivation, medicines }
}

/// Positions that other modules name.
pub const TYPE_2: usize = 1;
/// Type 1 diabetes.
pub const TYPE_1: usize = 2;
/// Asthma.
pub const ASTHMA: usize = 3;
/// Chronic obstructive pulmonary disease.
pub const COPD: usize = 4;
/// Coronary heart disease.
pub const CHD: usize = 5;
/// Heart failure.
pub const HEART_FAILURE: usize = 6;
/// Atrial fibrillation.
pub const AF: usize = 7;
/// Stroke.
pub const STROKE: usize = 8;
/// Chronic kidney disease.
pub const CKD: usize = 10;
/// Dementia.
pub const DEMENTIA: usize = 11;
/// Depression.
pub const DEPRESSION: usize = 12;
/// Anxiety.
pub const ANXIETY: usize = 13;
/// Schizophrenia.
pub const SCHIZOPHRENIA: usize = 14;
/// Bipolar disorder.
pub const BIPOLAR: usize = 15;
/// Epilepsy.
pub const EPILEPSY: usize = 16;
/// Cancer.
pub const CANCER: usize = 20;
/// Learning disability.
pub const LEARNING_DISABILITY: usize = 23;
/// Chronic liver disease.
pub const LIVER: usize = 26;

/// Every condition. Prevalence follows the Quality and Outcomes Framework 2023/24 and surveys by age (see the method note).
pub const CONDITIONS: [Condition; 27] = [
    condition(
        "38341003",
        "Hypertensive disorder",
        &["I10X"],
        [0.0, 6.0, 42.0, 165.0, 330.0, 470.0, 540.0, 500.0],
        0.15,
        &[(0, 0.5), (1, 0.5), (2, 0.35)],
    ),
    condition(
        "44054006",
        "Diabetes mellitus type 2",
        &["E119", "E119", "E119", "E112", "E114"],
        [0.0, 4.0, 24.0, 80.0, 140.0, 180.0, 180.0, 130.0],
        0.55,
        &[(3, 0.75), (4, 0.2), (5, 0.15), (2, 0.4)],
    ),
    condition(
        "46635009",
        "Diabetes mellitus type 1",
        &["E109", "E101"],
        [2.0, 6.0, 6.0, 6.0, 5.0, 4.0, 3.0, 2.0],
        0.1,
        &[(5, 1.0)],
    ),
    condition(
        "195967001",
        "Asthma",
        &["J459"],
        [45.0, 70.0, 70.0, 70.0, 75.0, 75.0, 65.0, 50.0],
        0.1,
        &[(6, 0.8), (7, 0.6)],
    ),
    condition(
        "13645005",
        "Chronic obstructive lung disease",
        &["J449", "J449", "J440"],
        [0.0, 0.0, 3.0, 18.0, 48.0, 70.0, 65.0, 45.0],
        0.9,
        &[(6, 0.8), (8, 0.5), (7, 0.4)],
    ),
    condition(
        "53741008",
        "Coronary arteriosclerosis",
        &["I251", "I259", "I252"],
        [0.0, 0.0, 3.0, 22.0, 70.0, 125.0, 180.0, 190.0],
        0.4,
        &[(9, 0.7), (2, 0.5), (11, 0.5)],
    ),
    condition(
        "84114007",
        "Heart failure",
        &["I500", "I509", "I501"],
        [0.0, 0.0, 1.0, 4.0, 12.0, 35.0, 90.0, 150.0],
        0.4,
        &[(12, 0.8), (11, 0.5)],
    ),
    condition(
        "49436004",
        "Atrial fibrillation",
        &["I489", "I480"],
        [0.0, 0.0, 2.0, 8.0, 32.0, 85.0, 180.0, 230.0],
        0.05,
        &[(13, 0.7), (14, 0.12), (11, 0.4)],
    ),
    condition(
        "230690007",
        "Cerebrovascular accident",
        &["I694", "I693"],
        [0.0, 1.0, 2.0, 8.0, 25.0, 55.0, 95.0, 110.0],
        0.35,
        &[(10, 0.7), (2, 0.4)],
    ),
    condition(
        "266257000",
        "Transient ischaemic attack",
        &["G459"],
        [0.0, 0.0, 0.0, 2.0, 8.0, 18.0, 35.0, 40.0],
        0.2,
        &[(10, 0.6)],
    ),
    condition(
        "709044004",
        "Chronic kidney disease",
        &["N183", "N184", "N189"],
        [0.0, 1.0, 4.0, 15.0, 55.0, 127.0, 255.0, 320.0],
        0.25,
        &[],
    ),
    condition(
        "52448006",
        "Dementia",
        &["F03X", "F009", "F019", "F001A"],
        [0.0, 0.0, 0.0, 0.8, 3.5, 17.0, 66.0, 135.0],
        0.2,
        &[(15, 0.35), (16, 0.2)],
    ),
    condition(
        "35489007",
        "Depressive disorder",
        &["F329", "F339"],
        [12.0, 130.0, 150.0, 150.0, 130.0, 110.0, 95.0, 70.0],
        0.3,
        &[(17, 0.3), (18, 0.15)],
    ),
    condition("48694002", "Anxiety", &["F419"], [12.0, 90.0, 95.0, 85.0, 70.0, 60.0, 50.0, 40.0], 0.2, &[(17, 0.15)]),
    condition("58214004", "Schizophrenia", &["F209"], [0.0, 2.0, 6.0, 8.0, 7.0, 6.0, 4.0, 2.0], 0.8, &[(19, 0.8)]),
    condition("13746004", "Bipolar disorder", &["F319"], [0.0, 2.0, 5.0, 7.0, 6.0, 5.0, 3.0, 1.0], 0.4, &[(19, 0.6)]),
    condition("84757009", "Epilepsy", &["G409"], [4.0, 7.0, 8.0, 9.0, 9.0, 9.0, 10.0, 8.0], 0.35, &[(20, 0.7)]),
    condition(
        "69896004",
        "Rheumatoid arthritis",
        &["M069"],
        [0.0, 1.0, 4.0, 10.0, 17.0, 22.0, 20.0, 15.0],
        0.05,
        &[(21, 0.6)],
    ),
    condition(
        "396275006",
        "Osteoarthritis",
        &["M199", "M179", "M169"],
        [0.0, 3.0, 20.0, 90.0, 200.0, 300.0, 380.0, 400.0],
        0.1,
        &[(23, 0.2), (22, 0.25)],
    ),
    condition("64859006", "Osteoporosis", &["M819"], [0.0, 0.0, 1.0, 8.0, 25.0, 60.0, 120.0, 160.0], 0.0, &[(24, 0.5)]),
    condition(
        "363346000",
        "Malignant neoplastic disease",
        &["C509", "C61X", "C189", "C349", "C439", "C679"],
        [1.0, 3.0, 10.0, 32.0, 72.0, 119.0, 150.0, 140.0],
        -0.1,
        &[],
    ),
    condition("414916001", "Obesity", &["E669"], [0.0, 60.0, 110.0, 140.0, 140.0, 120.0, 70.0, 30.0], 0.5, &[]),
    condition(
        "40930008",
        "Hypothyroidism",
        &["E039"],
        [1.0, 10.0, 28.0, 50.0, 75.0, 95.0, 110.0, 110.0],
        0.05,
        &[(25, 0.95)],
    ),
    condition("110359009", "Intellectual disability", &["F799"], [4.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 0.5, &[]),
    condition(
        "400047006",
        "Peripheral vascular disease",
        &["I739"],
        [0.0, 0.0, 1.0, 4.0, 14.0, 28.0, 35.0, 35.0],
        0.6,
        &[(10, 0.5)],
    ),
    condition(
        "49049000",
        "Parkinson's disease",
        &["G20X"],
        [0.0, 0.0, 0.0, 1.0, 3.0, 9.0, 18.0, 15.0],
        0.0,
        &[(28, 0.8)],
    ),
    condition(
        "328383001",
        "Chronic liver disease",
        &["K746", "K703", "K760"],
        [0.0, 2.0, 8.0, 15.0, 16.0, 12.0, 6.0, 2.0],
        0.7,
        &[(26, 0.3)],
    ),
];

/// People per 1 who have a condition at an age, before need and deprivation.
pub fn prevalence(condition: &Condition, age: i32) -> f64 {
    let group = match age {
        i32::MIN..=17 => 0,
        18..=29 => 1,
        30..=44 => 2,
        45..=59 => 3,
        60..=69 => 4,
        70..=79 => 5,
        80..=89 => 6,
        _ => 7,
    };
    condition.prevalence[group] / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use nhs::{Icd10, SnomedId};

    #[test]
    fn codes_are_well_formed_and_positions_are_right() {
        for condition in &CONDITIONS {
            assert!(SnomedId::parse(condition.snomed).is_ok_and(SnomedId::is_concept), "{}", condition.snomed);
            assert!(condition.icd10.iter().all(|code| Icd10::parse(code).is_ok()), "{}", condition.term);
            assert!(condition.medicines.iter().all(|&(medicine, _)| medicine < MEDICINES.len()));
        }
        let named = [
            (TYPE_2, "type 2"),
            (TYPE_1, "type 1"),
            (ASTHMA, "Asthma"),
            (COPD, "obstructive"),
            (CHD, "Coronary"),
            (HEART_FAILURE, "Heart"),
            (AF, "Atrial"),
            (STROKE, "Cerebro"),
            (CKD, "kidney"),
            (DEMENTIA, "Dementia"),
            (DEPRESSION, "Depressive"),
            (ANXIETY, "Anxiety"),
            (SCHIZOPHRENIA, "Schizo"),
            (BIPOLAR, "Bipolar"),
            (EPILEPSY, "Epilepsy"),
            (CANCER, "Malignant"),
            (LEARNING_DISABILITY, "Intellectual"),
            (LIVER, "liver"),
        ];
        for (position, word) in named {
            assert!(CONDITIONS[position].term.contains(word), "{word}");
        }
        assert!(MEDICINES.iter().all(|m| m.bnf.len() == 9));
    }
}
