//! The partner files and the writer that puts blocks of rows into them in order.

use crate::Error;
use crate::table::{DateStyle, Rows, Table, push_number};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A partner's file of people or activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum File {
    Registrations,
    GpEvents,
    GpAppointments,
    GpMedication,
    Admitted,
    Outpatient,
    Emergency,
    Community,
    MentalHealth,
    SocialCare,
    CareHome,
    Calls,
    Deaths,
}

impl File {
    /// Every file in the order of `place.toml`.
    pub const ALL: [Self; 13] = [
        Self::Registrations,
        Self::GpEvents,
        Self::GpAppointments,
        Self::GpMedication,
        Self::Admitted,
        Self::Outpatient,
        Self::Emergency,
        Self::Community,
        Self::MentalHealth,
        Self::SocialCare,
        Self::CareHome,
        Self::Calls,
        Self::Deaths,
    ];

    /// Name without ending; also the name of its format below `vanguard/`.
    pub const fn stem(self) -> &'static str {
        match self {
            Self::Registrations => "gp_registrations",
            Self::GpEvents => "gp_events",
            Self::GpAppointments => "gp_appointments",
            Self::GpMedication => "gp_medication",
            Self::Admitted => "apc_episodes",
            Self::Outpatient => "op_attendances",
            Self::Emergency => "ecds_attendances",
            Self::Community => "community_contacts",
            Self::MentalHealth => "mental_health_contacts",
            Self::SocialCare => "social_care",
            Self::CareHome => "care_home_residents",
            Self::Calls => "ambulance_111_calls",
            Self::Deaths => "deaths",
        }
    }

    /// Path below the place's folder.
    pub fn path(self) -> String {
        format!("extracts/{}.csv{}", self.stem(), if self.is_zipped() { ".gz" } else { "" })
    }

    /// How the partner writes dates.
    pub const fn date_style(self) -> DateStyle {
        match self {
            Self::SocialCare | Self::CareHome => DateStyle::Uk,
            Self::Deaths => DateStyle::Compact,
            _ => DateStyle::Iso,
        }
    }

    const fn is_zipped(self) -> bool {
        matches!(self, Self::MentalHealth)
    }

    const fn has_windows_lines(self) -> bool {
        matches!(self, Self::Emergency | Self::SocialCare | Self::CareHome)
    }

    fn header(self) -> String {
        let diagnoses = (1..=20).map(|n| format!("DIAG_{n:02}")).collect::<Vec<_>>().join(",");
        let operations = (1..=12).map(|n| format!("OPERTN_{n:02}")).collect::<Vec<_>>().join(",");
        let contacts = "CARE_CONTACT_IDENTIFIER,NHS_NUMBER,PERSON_BIRTH_DATE,PERSON_STATED_GENDER_CODE,ETHNIC_CATEGORY,POSTCODE_OF_USUAL_ADDRESS,GENERAL_MEDICAL_PRACTICE_CODE,ORGANISATION_IDENTIFIER_PROVIDER,REFERRAL_DATE,CARE_CONTACT_DATE,TEAM_TYPE,CONSULTATION_MECHANISM,ATTENDANCE_STATUS,LOCATION_TYPE";
        match self {
            Self::Registrations => "\u{feff}NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,ETHNIC_CATEGORY,ADDRESS_LINE_1,POSTCODE,UPRN,LSOA,PRACTICE_CODE,REGISTRATION_START,REGISTRATION_END".to_owned(),
            Self::GpEvents => "NHS_NUMBER,DATE_OF_BIRTH,PRACTICE_CODE,EVENT_DATE,SNOMED_CODE,TERM,VALUE,UNIT".to_owned(),
            Self::GpAppointments => "NHS_NUMBER,DATE_OF_BIRTH,PRACTICE_CODE,APPOINTMENT_ID,BOOKED_DATE,APPOINTMENT_DATE,APPT_STATUS,HCP_TYPE,APPT_MODE,NATIONAL_CATEGORY".to_owned(),
            Self::GpMedication => "NHS_NUMBER,DATE_OF_BIRTH,PRACTICE_CODE,ISSUE_DATE,LAST_ISSUE_DATE,BNF_CODE,DRUG_NAME,QUANTITY,ISSUES,COURSE_TYPE".to_owned(),
            Self::Admitted => format!("FYEAR,EPIKEY,PROVSPNOPS,NEWNHSNO,DOB,SEX,ETHNOS,HOMEADD,LSOA11,GPPRAC,PROCODE3,SITETRET,ADMIMETH,ADMISORC,ADMIDATE,DISDATE,DISMETH,DISDEST,CLASSPAT,EPISTART,EPIEND,EPIORDER,EPIDUR,SPELDUR,EPISTAT,EPITYPE,MAINSPEF,TRETSPEF,{diagnoses},{operations}"),
            Self::Outpatient => "FYEAR,ATTENDKEY,NEWNHSNO,DOB,SEX,ETHNOS,HOMEADD,LSOA11,GPPRAC,PROCODE3,APPTDATE,REQDATE,ATTENDED,FIRSTATT,OUTCOME,REFSOURC,PRIORITY,MAINSPEF,TRETSPEF,DIAG_01,OPERTN_01".to_owned(),
            Self::Emergency => "ATTENDANCE_UNIQUE_IDENTIFIER,NHS_NUMBER,PERSON_FAMILY_NAME,PERSON_GIVEN_NAME,PERSON_BIRTH_DATE,PERSON_STATED_GENDER_CODE,ETHNIC_CATEGORY,PATIENT_USUAL_ADDRESS,POSTCODE_OF_USUAL_ADDRESS,GENERAL_PRACTICE_CODE,PROVIDER_CODE,SITE_CODE,DEPARTMENT_TYPE,ATTENDANCE_CATEGORY,ARRIVAL_DATE,ARRIVAL_TIME,ARRIVAL_MODE,CHIEF_COMPLAINT,DIAGNOSIS_CODE_1,DEPARTURE_DATE,DEPARTURE_TIME,DISCHARGE_DESTINATION,DISCHARGE_STATUS".to_owned(),
            Self::Community | Self::MentalHealth => contacts.to_owned(),
            Self::SocialCare => "Event_Reference,LA_Code,NHS_Number,Family_Name,Given_Name,Date_of_Birth,Gender,Ethnicity,Address,Postcode,GP_Practice_Code,Client_Type,Primary_Support_Reason,Accommodation_Status,Event_Start_Date,Event_End_Date,Event_Type,Service_Type,Service_Component,Planned_Units_Per_Week,Unit_Cost,Cost_Frequency".to_owned(),
            Self::CareHome => "CARE_HOME_ODS,CARE_HOME_NAME,CARE_HOME_TYPE,NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,POSTCODE,GP_PRACTICE,ROOM,ADMISSION_DATE,DEPARTURE_DATE,DEPARTURE_REASON,FUNDING".to_owned(),
            Self::Calls => "CALL_ID,SERVICE,CALL_CONNECT_TIME,NHS_NUMBER,PATIENT_SURNAME,PATIENT_FORENAME,PATIENT_DOB,PATIENT_SEX,INCIDENT_ADDRESS,INCIDENT_POSTCODE,GP_PRACTICE_CODE,PROVIDER_CODE,CHIEF_COMPLAINT,CATEGORY,OUTCOME,CLOSED_TIME".to_owned(),
            Self::Deaths => "REGISTRATION_ID,DEC_CONF_NHS_NUMBER,DEC_SURNAME,DEC_FORENAMES,DEC_DATE_OF_BIRTH,DEC_SEX,DEC_USUAL_ADDRESS,DEC_POSTCODE,REG_DATE_OF_DEATH,REG_DATE,S_UNDERLYING_COD_ICD10,S_COD_CODE_1,S_COD_CODE_2,S_COD_CODE_3,S_COD_CODE_4,POD_PLACE".to_owned(),
        }
    }
}

/// One table for each file, from one block.
pub struct Tables(Vec<Table>);

impl Tables {
    /// Empty tables.
    pub fn new() -> Self {
        Self(File::ALL.iter().map(|f| Table::new(f.date_style(), f.has_windows_lines())).collect())
    }

    /// The table of a file.
    pub fn get(&mut self, file: File) -> &mut Table {
        &mut self.0[file as usize]
    }
}

enum Sink {
    Plain(BufWriter<fs::File>),
    Zipped(GzEncoder<BufWriter<fs::File>>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(sink) => sink.write(bytes),
            Self::Zipped(sink) => sink.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(sink) => sink.flush(),
            Self::Zipped(sink) => sink.flush(),
        }
    }
}

struct Open {
    file: File,
    path: PathBuf,
    sink: Sink,
    rows: u64,
    bytes: u64,
    late: Rows,
}

/// Writes blocks to the files in the order they are given, and the truth beside them.
pub struct Writer {
    files: Vec<Open>,
    truth: BufWriter<fs::File>,
    truth_path: PathBuf,
    line: Vec<u8>,
}

impl Writer {
    /// Creates the files with their header rows.
    pub fn create(out: &Path) -> Result<Self, Error> {
        let truth_path = out.join("truth/person.csv");
        let mut truth = BufWriter::with_capacity(1 << 18, create(&truth_path)?);
        truth.write_all(b"FILE,LINE,PERSON\n").map_err(|e| Error::write(&truth_path, e))?;
        let mut files = Vec::new();
        for file in File::ALL {
            let path = out.join(file.path());
            let plain = BufWriter::with_capacity(1 << 17, create(&path)?);
            let mut sink = if file.is_zipped() {
                Sink::Zipped(GzEncoder::new(plain, Compression::fast()))
            } else {
                Sink::Plain(plain)
            };
            let header = file.header() + if file.has_windows_lines() { "\r\n" } else { "\n" };
            sink.write_all(header.as_bytes()).map_err(|e| Error::write(&path, e))?;
            files.push(Open { file, path, sink, rows: 0, bytes: header.len() as u64, late: Rows::default() });
        }
        Ok(Self { files, truth, truth_path, line: Vec::new() })
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|f| f.rows).sum()
    }

    /// Appends one block's tables.
    pub fn append(&mut self, tables: &Tables) -> Result<(), Error> {
        for (position, table) in tables.0.iter().enumerate() {
            self.put(position, &table.rows)?;
            let late = &mut self.files[position].late;
            late.bytes.extend_from_slice(&table.late.bytes);
            late.persons.extend_from_slice(&table.late.persons);
        }
        Ok(())
    }

    fn put(&mut self, position: usize, rows: &Rows) -> Result<(), Error> {
        let open = &mut self.files[position];
        open.sink.write_all(&rows.bytes).map_err(|e| Error::write(&open.path, e))?;
        open.bytes += rows.bytes.len() as u64;
        self.line.clear();
        for &person in &rows.persons {
            open.rows += 1;
            self.line.extend_from_slice(open.file.stem().as_bytes());
            self.line.push(b',');
            push_number(&mut self.line, open.rows + 1, 1);
            self.line.push(b',');
            push_number(&mut self.line, u64::from(person), 1);
            self.line.push(b'\n');
        }
        self.truth.write_all(&self.line).map_err(|e| Error::write(&self.truth_path, e))
    }

    /// Puts the late rows at the ends and closes the files.
    pub fn finish(mut self) -> Result<Vec<crate::FileReport>, Error> {
        for position in 0..self.files.len() {
            let late = std::mem::take(&mut self.files[position].late);
            self.put(position, &late)?;
        }
        self.truth.flush().map_err(|e| Error::write(&self.truth_path, e))?;
        let mut reports = Vec::new();
        for open in self.files {
            let closed = match open.sink {
                Sink::Plain(mut sink) => sink.flush(),
                Sink::Zipped(sink) => sink.finish().and_then(|mut sink| sink.flush()),
            };
            closed.map_err(|e| Error::write(&open.path, e))?;
            reports.push(crate::FileReport { path: open.file.path(), rows: open.rows, bytes: open.bytes });
        }
        Ok(reports)
    }
}

/// Creates a file and the folders above it.
pub fn create(path: &Path) -> Result<fs::File, Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| Error::File {
            action: "cannot create folder",
            path: folder.to_owned(),
            source: e,
        })?;
    }
    fs::File::create(path).map_err(|e| Error::write(path, e))
}
