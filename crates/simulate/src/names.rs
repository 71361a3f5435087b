//! Names that are common in England, by the time and the community people were born into; streets and care homes.

use crate::random::Random;

const MALE_OLD: &[&str] = &[
    "John", "Peter", "William", "Brian", "David", "Kenneth", "Ronald", "George", "James", "Derek", "Robert", "Thomas", "Michael",
    "Raymond", "Alan", "Anthony", "Dennis", "Frank", "Roy", "Charles", "Arthur", "Gordon", "Donald", "Norman", "Geoffrey", "Ernest",
    "Leslie", "Harold", "Albert", "Keith", "Roger", "Barry", "Colin", "Terence", "Frederick", "Edward", "Malcolm", "Stanley", "Eric", "Joseph",
];
const MALE_MIDDLE: &[&str] = &[
    "David", "Paul", "Andrew", "Mark", "Stephen", "Michael", "Ian", "John", "Robert", "Richard", "Christopher", "Peter", "Simon",
    "Anthony", "Kevin", "Gary", "Steven", "Martin", "James", "Philip", "Neil", "Nigel", "Timothy", "Colin", "Graham", "Jonathan", "Nicholas",
    "William", "Adrian", "Stuart", "Matthew", "Daniel", "Darren", "Lee", "Jason", "Craig", "Sean", "Carl", "Wayne", "Glenn", "Dean", "Russell",
];
const MALE_YOUNG: &[&str] = &[
    "Oliver", "Jack", "Harry", "Thomas", "James", "George", "William", "Joshua", "Daniel", "Charlie", "Alfie", "Jacob", "Samuel", "Joseph",
    "Noah", "Oscar", "Leo", "Archie", "Max", "Ethan", "Lucas", "Logan", "Liam", "Ryan", "Connor", "Callum", "Luke", "Matthew", "Benjamin",
    "Alexander", "Adam", "Edward", "Theo", "Freddie", "Isaac", "Henry", "Finley", "Toby", "Kieran", "Bradley", "Jordan", "Nathan", "Aaron", "Reuben",
];
const FEMALE_OLD: &[&str] = &[
    "Margaret", "Jean", "Mary", "Patricia", "Joan", "Sheila", "Barbara", "Doreen", "Dorothy", "Joyce", "Maureen", "Elizabeth", "Audrey",
    "Brenda", "Kathleen", "Sylvia", "Eileen", "Pamela", "Betty", "Beryl", "Ann", "Irene", "Marjorie", "Rita", "Edna", "Hilda", "Winifred",
    "Gladys", "June", "Shirley", "Janet", "Judith", "Carol", "Christine", "Valerie", "Marion", "Josephine", "Hazel", "Norma", "Freda", "Nora", "Elsie",
];
const FEMALE_MIDDLE: &[&str] = &[
    "Susan", "Julie", "Karen", "Jacqueline", "Deborah", "Tracey", "Jane", "Helen", "Diane", "Sharon", "Elizabeth", "Angela", "Alison",
    "Caroline", "Amanda", "Sandra", "Linda", "Catherine", "Sarah", "Joanne", "Nicola", "Michelle", "Claire", "Lisa", "Paula", "Lorraine",
    "Wendy", "Dawn", "Lesley", "Janice", "Beverley", "Andrea", "Maria", "Samantha", "Rachel", "Emma", "Louise", "Donna", "Kerry", "Siân", "Zoë", "Renée",
];
const FEMALE_YOUNG: &[&str] = &[
    "Olivia", "Amelia", "Emily", "Jessica", "Ava", "Isla", "Poppy", "Isabella", "Sophie", "Mia", "Ruby", "Lily", "Grace", "Evie", "Ella",
    "Charlotte", "Chloë", "Lucy", "Megan", "Hannah", "Katie", "Lauren", "Rebecca", "Bethany", "Emma", "Holly", "Freya", "Daisy", "Alice",
    "Florence", "Matilda", "Eleanor", "Phoebe", "Zoë", "Molly", "Georgia", "Abigail", "Amber", "Jasmine", "Ellie", "Niamh", "Erin", "Layla", "Ivy",
];
const MALE_SOUTH_ASIAN: &[&str] = &[
    "Mohammed", "Muhammad", "Ali", "Ahmed", "Imran", "Hassan", "Abdul", "Omar", "Yusuf", "Ibrahim", "Bilal", "Tariq", "Rajesh", "Sanjay",
    "Amit", "Rahul", "Harpreet", "Gurpreet", "Jaspal", "Sukhdev", "Arjun", "Vikram", "Nadeem", "Khalid", "Shahid", "Rizwan", "Zain", "Hamza",
];
const FEMALE_SOUTH_ASIAN: &[&str] = &[
    "Fatima", "Aisha", "Nazia", "Shazia", "Amina", "Saima", "Zainab", "Maryam", "Khadija", "Nasreen", "Rukhsana", "Parveen", "Priya", "Anjali",
    "Sunita", "Meena", "Kavita", "Harjit", "Manjit", "Simran", "Deepa", "Neha", "Farzana", "Samina", "Yasmin", "Noor", "Hana", "Sana",
];
const MALE_OTHER: &[&str] = &[
    "Emmanuel", "Samuel", "Kwame", "Kofi", "Chidi", "Tunde", "Delroy", "Winston", "Marlon", "Wei", "Jun", "Piotr", "Tomasz", "Andrzej",
    "Krzysztof", "Mihai", "Ion", "João", "José", "Marek", "Abdi", "Yohannes", "Daniel", "David", "Michael",
];
const FEMALE_OTHER: &[&str] = &[
    "Grace", "Blessing", "Abena", "Ama", "Ngozi", "Funmi", "Beverley", "Marcia", "Mei", "Li", "Agnieszka", "Katarzyna", "Magdalena",
    "Ewa", "Elena", "Maria", "Ioana", "Inês", "Ana", "Zofia", "Hodan", "Amina", "Sarah", "Joy", "Esther",
];
const SURNAMES: &[&str] = &[
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Robinson", "Wright", "Thompson", "Evans", "Walker",
    "White", "Roberts", "Green", "Hall", "Wood", "Jackson", "Clarke", "Harrison", "Turner", "Hill", "Clark", "Cooper", "Ward", "Moore",
    "Morris", "Baker", "King", "Lee", "Watson", "Harris", "Edwards", "Hughes", "Martin", "Allen", "Bennett", "Shaw", "Parker", "Carter",
    "Phillips", "Bell", "Mitchell", "Richardson", "Cook", "Young", "Marshall", "Bailey", "Anderson", "Collins", "Adams", "Miller", "Cox",
    "Simpson", "Price", "Webb", "Foster", "Butler", "Barnes", "Lewis", "Murphy", "Kelly", "Ellis", "Mason", "Knight", "Rogers", "Palmer",
    "Holmes", "Mills", "Stevens", "Hunt", "Fisher", "Barker", "Chapman", "Gibson", "Powell", "Dixon", "Lloyd", "Graham", "Fletcher", "Owen",
    "O'Brien", "O’Connor", "O’Neill", "Byrne", "Doyle", "Walsh", "Ryan", "MacDonald", "McCarthy", "Sutton", "Hargreaves", "Pickering",
    "Entwistle", "Ainsworth", "Rawlinson", "Fairclough", "Cartwright", "Pemberton", "Hodgson", "Nuttall", "Eastwood", "Kirkham",
];
const SURNAME_STARTS: &[&str] = &[
    "Ash", "Beck", "Black", "Brad", "Brook", "Burn", "Clay", "Cran", "Dal", "East", "Elling", "Fair", "Gold", "Green", "Had", "Hal", "Hart",
    "Hazel", "Hol", "Kirk", "Lang", "Lind", "Long", "Mar", "Mid", "Nor", "Oak", "Pen", "Red", "Rush", "Sander", "Shel", "South", "Stan",
    "Sun", "Thorn", "Under", "Wal", "West", "Whit", "Wood", "Wool", "Wray", "York",
];
const SURNAME_ENDS: &[&str] = &[
    "worth", "ton", "ham", "field", "wood", "ley", "ford", "well", "man", "by", "stone", "bank", "shaw", "croft", "bourne", "hurst", "wick",
    "den", "gate", "cliffe", "brook", "more", "dale", "land", "ridge", "ward",
];
const SURNAMES_SOUTH_ASIAN: &[&str] = &[
    "Khan", "Patel", "Ahmed", "Hussain", "Ali", "Singh", "Begum", "Shah", "Kaur", "Mahmood", "Iqbal", "Malik", "Akhtar", "Rahman", "Miah",
    "Chowdhury", "Sharma", "Kumar", "Mistry", "Desai", "Bibi", "Hussein", "Aziz", "Rashid", "Mirza", "Sheikh", "Gill", "Sandhu", "Dhillon",
    "Bhatti", "Chaudhry", "Raja", "Qureshi", "Siddiqui", "Joshi", "Mehta", "Uddin", "Haque", "Islam", "Kapoor",
];
const SURNAMES_OTHER: &[&str] = &[
    "Okafor", "Mensah", "Adeyemi", "Owusu", "Boateng", "Campbell", "Gordon", "Grant", "Francis", "Wong", "Chen", "Li", "Nguyen", "Zhang",
    "Kowalski", "Nowak", "Wójcik", "Popescu", "Silva", "Santos", "Núñez", "Müller", "Abdi", "Tesfaye", "Osei", "Asante", "Ibrahim", "Lam", "Chan", "Ferreira",
];
/// Short forms that people give at a reception desk.
const NICKNAMES: &[(&str, &str)] = &[
    ("William", "Bill"), ("Robert", "Bob"), ("Richard", "Dick"), ("Margaret", "Peggy"), ("Elizabeth", "Liz"), ("Patricia", "Pat"), ("Kathleen", "Kath"),
    ("Michael", "Mick"), ("James", "Jim"), ("Thomas", "Tom"), ("Anthony", "Tony"), ("Christopher", "Chris"), ("Stephen", "Steve"), ("David", "Dave"),
    ("Joseph", "Joe"), ("Edward", "Ted"), ("Charles", "Charlie"), ("Susan", "Sue"), ("Deborah", "Debbie"), ("Catherine", "Cath"), ("Christine", "Chris"),
    ("Samuel", "Sam"), ("Benjamin", "Ben"), ("Daniel", "Dan"), ("Matthew", "Matt"), ("Nicholas", "Nick"), ("Jacqueline", "Jackie"), ("Samantha", "Sam"),
    ("Dorothy", "Dot"), ("Terence", "Terry"), ("Ronald", "Ron"), ("Kenneth", "Ken"), ("Raymond", "Ray"), ("Frederick", "Fred"), ("Alexander", "Alex"),
    ("Andrew", "Andy"), ("Philip", "Phil"), ("Timothy", "Tim"), ("Joshua", "Josh"), ("Jessica", "Jess"), ("Isabella", "Bella"), ("Rebecca", "Becky"),
    ("Mohammed", "Mo"), ("Muhammad", "Mo"), ("Abigail", "Abi"), ("Eleanor", "Ellie"), ("Charlotte", "Lottie"), ("Barbara", "Barb"), ("Pamela", "Pam"),
];
const STREETS: &[&str] = &[
    "Church", "Station", "Victoria", "Albert", "Park", "Mill", "Chapel", "School", "Manor", "Green", "Grove", "King", "Queen", "Alexandra",
    "Windsor", "York", "Springfield", "Highfield", "Oak", "Elm", "Cedar", "Beech", "Ash", "Willow", "Hawthorn", "Laurel", "Moor", "Bridge",
    "Canal", "Quarry", "Wheatfield", "Orchard", "Meadow", "Abbey", "Castle", "Priory", "Cobden", "Gladstone", "Nelson", "Wellington", "Cambridge", "Derby",
];
const STREET_KINDS: &[&str] = &["Road", "Street", "Avenue", "Lane", "Close", "Drive", "Terrace", "Way", "Gardens", "Court"];
const HOME_NAMES: &[&str] = &[
    "The Beeches", "Rosewood", "Oakfield", "Fairhaven", "The Limes", "Meadowbank", "Ashgrove", "Cedar Lodge", "St Mary's", "Lakeview", "Hollybank",
    "Riverside", "Abbeyfield", "Sunnyside", "Willow Court", "Highcliffe", "The Elms", "Briarwood", "Moorlands", "Primrose House", "Parkview", "Elmhurst",
];

/// The community a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Community {
    /// British and Irish.
    British,
    /// South Asian.
    SouthAsian,
    /// African, Caribbean, Chinese, European and other.
    Other,
}

/// A surname.
pub fn surname(community: Community, random: &mut Random) -> String {
    match community {
        Community::British if random.chance(0.45) => {
            format!("{}{}", random.pick(SURNAME_STARTS), random.pick(SURNAME_ENDS))
        }
        Community::British => common(SURNAMES, random).to_owned(),
        Community::SouthAsian => common(SURNAMES_SOUTH_ASIAN, random).to_owned(),
        Community::Other => common(SURNAMES_OTHER, random).to_owned(),
    }
}

/// A given name for somebody of this sex and year of birth.
pub fn given(community: Community, female: bool, year: i32, random: &mut Random) -> &'static str {
    let list = match (community, female) {
        (Community::British, false) if year < 1955 => MALE_OLD,
        (Community::British, false) if year < 1990 => MALE_MIDDLE,
        (Community::British, false) => MALE_YOUNG,
        (Community::British, true) if year < 1955 => FEMALE_OLD,
        (Community::British, true) if year < 1990 => FEMALE_MIDDLE,
        (Community::British, true) => FEMALE_YOUNG,
        (Community::SouthAsian, false) => MALE_SOUTH_ASIAN,
        (Community::SouthAsian, true) => FEMALE_SOUTH_ASIAN,
        (Community::Other, false) => MALE_OTHER,
        (Community::Other, true) => FEMALE_OTHER,
    };
    common(list, random)
}

/// Earlier names of a list are more frequent.
fn common<'a>(list: &'a [&'a str], random: &mut Random) -> &'a str {
    let place = (random.unit().powf(1.5) * list.len() as f64) as usize;
    list[place.min(list.len() - 1)]
}

/// The short form of a name, where it has one.
pub fn nickname(name: &str) -> Option<&'static str> {
    NICKNAMES.iter().find(|(full, _)| *full == name).map(|(_, short)| *short)
}

/// The street of a postcode.
pub fn street(random: &mut Random) -> String {
    format!("{} {}", random.pick(STREETS), random.pick(STREET_KINDS))
}

/// The name of the care home at a position, different for each.
pub fn care_home(position: usize) -> String {
    let name = HOME_NAMES[position % HOME_NAMES.len()];
    match position / HOME_NAMES.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", STREETS[round % STREETS.len()]),
    }
}

/// The name of the practice or locality at a position.
pub fn place_name(position: usize) -> String {
    let starts = SURNAME_STARTS.len();
    format!("{}{}", SURNAME_STARTS[position % starts], SURNAME_ENDS[(position + position / starts) % SURNAME_ENDS.len()])
}

/// Without accents and with a straight apostrophe, as older systems hold it.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '’' => '\'',
            'á' | 'ã' | 'â' => 'a',
            'é' | 'ë' | 'ê' => 'e',
            'ó' | 'ö' | 'ô' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'í' => 'i',
            other => other,
        })
        .collect()
}

/// The bytes of Windows-1252 for the characters these names use.
pub fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '’' => 0x92,
            '–' => 0x96,
            c if u32::from(c) < 0x80 || (0xA0..0x100).contains(&u32::from(c)) => c as u8,
            _ => b'?',
        })
        .collect()
}
