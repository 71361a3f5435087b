//! Word lists, kept in rows by hand: formatting would put one word on a line.

/// Male old, the more frequent first.
pub const MALE_OLD: &[&str] = &[
    "John", "Peter", "William", "Brian", "David", "Kenneth", "Ronald", "George", "James", "Derek", "Robert", "Thomas", "Michael",
    "Raymond", "Alan", "Anthony", "Dennis", "Frank", "Roy", "Charles", "Arthur", "Gordon", "Donald", "Norman", "Geoffrey", "Ernest",
    "Leslie", "Harold", "Albert", "Keith", "Roger", "Barry", "Colin", "Terence", "Frederick", "Edward", "Malcolm", "Stanley", "Eric", "Joseph",
];
/// Male middle, the more frequent first.
pub const MALE_MIDDLE: &[&str] = &[
    "David", "Paul", "Andrew", "Mark", "Stephen", "Michael", "Ian", "John", "Robert", "Richard", "Christopher", "Peter", "Simon",
    "Anthony", "Kevin", "Gary", "Steven", "Martin", "James", "Philip", "Neil", "Nigel", "Timothy", "Colin", "Graham", "Jonathan", "Nicholas",
    "William", "Adrian", "Stuart", "Matthew", "Daniel", "Darren", "Lee", "Jason", "Craig", "Sean", "Carl", "Wayne", "Glenn", "Dean", "Russell",
];
/// Male young, the more frequent first.
pub const MALE_YOUNG: &[&str] = &[
    "Oliver", "Jack", "Harry", "Thomas", "James", "George", "William", "Joshua", "Daniel", "Charlie", "Alfie", "Jacob", "Samuel", "Joseph",
    "Noah", "Oscar", "Leo", "Archie", "Max", "Ethan", "Lucas", "Logan", "Liam", "Ryan", "Connor", "Callum", "Luke", "Matthew", "Benjamin",
    "Alexander", "Adam", "Edward", "Theo", "Freddie", "Isaac", "Henry", "Finley", "Toby", "Kieran", "Bradley", "Jordan", "Nathan", "Aaron", "Reuben",
];
/// Female old, the more frequent first.
pub const FEMALE_OLD: &[&str] = &[
    "Margaret", "Jean", "Mary", "Patricia", "Joan", "Sheila", "Barbara", "Doreen", "Dorothy", "Joyce", "Maureen", "Elizabeth", "Audrey",
    "Brenda", "Kathleen", "Sylvia", "Eileen", "Pamela", "Betty", "Beryl", "Ann", "Irene", "Marjorie", "Rita", "Edna", "Hilda", "Winifred",
    "Gladys", "June", "Shirley", "Janet", "Judith", "Carol", "Christine", "Valerie", "Marion", "Josephine", "Hazel", "Norma", "Freda", "Nora", "Elsie",
];
/// Female middle, the more frequent first.
pub const FEMALE_MIDDLE: &[&str] = &[
    "Susan", "Julie", "Karen", "Jacqueline", "Deborah", "Tracey", "Jane", "Helen", "Diane", "Sharon", "Elizabeth", "Angela", "Alison",
    "Caroline", "Amanda", "Sandra", "Linda", "Catherine", "Sarah", "Joanne", "Nicola", "Michelle", "Claire", "Lisa", "Paula", "Lorraine",
    "Wendy", "Dawn", "Lesley", "Janice", "Beverley", "Andrea", "Maria", "Samantha", "Rachel", "Emma", "Louise", "Donna", "Kerry", "Siân", "Zoë", "Renée",
];
/// Female young, the more frequent first.
pub const FEMALE_YOUNG: &[&str] = &[
    "Olivia", "Amelia", "Emily", "Jessica", "Ava", "Isla", "Poppy", "Isabella", "Sophie", "Mia", "Ruby", "Lily", "Grace", "Evie", "Ella",
    "Charlotte", "Chloë", "Lucy", "Megan", "Hannah", "Katie", "Lauren", "Rebecca", "Bethany", "Emma", "Holly", "Freya", "Daisy", "Alice",
    "Florence", "Matilda", "Eleanor", "Phoebe", "Zoë", "Molly", "Georgia", "Abigail", "Amber", "Jasmine", "Ellie", "Niamh", "Erin", "Layla", "Ivy",
];
/// Male south asian, the more frequent first.
pub const MALE_SOUTH_ASIAN: &[&str] = &[
    "Mohammed", "Muhammad", "Ali", "Ahmed", "Imran", "Hassan", "Abdul", "Omar", "Yusuf", "Ibrahim", "Bilal", "Tariq", "Rajesh", "Sanjay",
    "Amit", "Rahul", "Harpreet", "Gurpreet", "Jaspal", "Sukhdev", "Arjun", "Vikram", "Nadeem", "Khalid", "Shahid", "Rizwan", "Zain", "Hamza",
];
/// Female south asian, the more frequent first.
pub const FEMALE_SOUTH_ASIAN: &[&str] = &[
    "Fatima", "Aisha", "Nazia", "Shazia", "Amina", "Saima", "Zainab", "Maryam", "Khadija", "Nasreen", "Rukhsana", "Parveen", "Priya", "Anjali",
    "Sunita", "Meena", "Kavita", "Harjit", "Manjit", "Simran", "Deepa", "Neha", "Farzana", "Samina", "Yasmin", "Noor", "Hana", "Sana",
];
/// Male other, the more frequent first.
pub const MALE_OTHER: &[&str] = &[
    "Emmanuel", "Samuel", "Kwame", "Kofi", "Chidi", "Tunde", "Delroy", "Winston", "Marlon", "Wei", "Jun", "Piotr", "Tomasz", "Andrzej",
    "Krzysztof", "Mihai", "Ion", "João", "José", "Marek", "Abdi", "Yohannes", "Daniel", "David", "Michael",
];
/// Female other, the more frequent first.
pub const FEMALE_OTHER: &[&str] = &[
    "Grace", "Blessing", "Abena", "Ama", "Ngozi", "Funmi", "Beverley", "Marcia", "Mei", "Li", "Agnieszka", "Katarzyna", "Magdalena",
    "Ewa", "Elena", "Maria", "Ioana", "Inês", "Ana", "Zofia", "Hodan", "Amina", "Sarah", "Joy", "Esther",
];
/// Surnames, the more frequent first.
pub const SURNAMES: &[&str] = &[
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Robinson", "Wright", "Thompson", "Evans", "Walker",
    "White", "Roberts", "Green", "Hall", "Wood", "Jackson", "Clarke", "Harrison", "Turner", "Hill", "Clark", "Cooper", "Ward", "Moore",
    "Morris", "Baker", "King", "Lee", "Watson", "Harris", "Edwards", "Hughes", "Martin", "Allen", "Bennett", "Shaw", "Parker", "Carter",
    "Phillips", "Bell", "Mitchell", "Richardson", "Cook", "Young", "Marshall", "Bailey", "Anderson", "Collins", "Adams", "Miller", "Cox",
    "Simpson", "Price", "Webb", "Foster", "Butler", "Barnes", "Lewis", "Murphy", "Kelly", "Ellis", "Mason", "Knight", "Rogers", "Palmer",
    "Holmes", "Mills", "Stevens", "Hunt", "Fisher", "Barker", "Chapman", "Gibson", "Powell", "Dixon", "Lloyd", "Graham", "Fletcher", "Owen",
    "O'Brien", "O’Connor", "O’Neill", "Byrne", "Doyle", "Walsh", "Ryan", "MacDonald", "McCarthy", "Sutton", "Hargreaves", "Pickering",
    "Entwistle", "Ainsworth", "Rawlinson", "Fairclough", "Cartwright", "Pemberton", "Hodgson", "Nuttall", "Eastwood", "Kirkham",
];
/// Surname starts, the more frequent first.
pub const SURNAME_STARTS: &[&str] = &[
    "Ash", "Beck", "Black", "Brad", "Brook", "Burn", "Clay", "Cran", "Dal", "East", "Elling", "Fair", "Gold", "Green", "Had", "Hal", "Hart",
    "Hazel", "Hol", "Kirk", "Lang", "Lind", "Long", "Mar", "Mid", "Nor", "Oak", "Pen", "Red", "Rush", "Sander", "Shel", "South", "Stan",
    "Sun", "Thorn", "Under", "Wal", "West", "Whit", "Wood", "Wool", "Wray", "York",
];
/// Surname ends, the more frequent first.
pub const SURNAME_ENDS: &[&str] = &[
    "worth", "ton", "ham", "field", "wood", "ley", "ford", "well", "man", "by", "stone", "bank", "shaw", "croft", "bourne", "hurst", "wick",
    "den", "gate", "cliffe", "brook", "more", "dale", "land", "ridge", "ward",
];
/// Surnames south asian, the more frequent first.
pub const SURNAMES_SOUTH_ASIAN: &[&str] = &[
    "Khan", "Patel", "Ahmed", "Hussain", "Ali", "Singh", "Begum", "Shah", "Kaur", "Mahmood", "Iqbal", "Malik", "Akhtar", "Rahman", "Miah",
    "Chowdhury", "Sharma", "Kumar", "Mistry", "Desai", "Bibi", "Hussein", "Aziz", "Rashid", "Mirza", "Sheikh", "Gill", "Sandhu", "Dhillon",
    "Bhatti", "Chaudhry", "Raja", "Qureshi", "Siddiqui", "Joshi", "Mehta", "Uddin", "Haque", "Islam", "Kapoor",
];
/// Surnames other, the more frequent first.
pub const SURNAMES_OTHER: &[&str] = &[
    "Okafor", "Mensah", "Adeyemi", "Owusu", "Boateng", "Campbell", "Gordon", "Grant", "Francis", "Wong", "Chen", "Li", "Nguyen", "Zhang",
    "Kowalski", "Nowak", "Wójcik", "Popescu", "Silva", "Santos", "Núñez", "Müller", "Abdi", "Tesfaye", "Osei", "Asante", "Ibrahim", "Lam", "Chan", "Ferreira",
];
/// Short forms that people give at a reception desk.
pub const NICKNAMES: &[(&str, &str)] = &[
    ("William", "Bill"), ("Robert", "Bob"), ("Richard", "Dick"), ("Margaret", "Peggy"), ("Elizabeth", "Liz"), ("Patricia", "Pat"), ("Kathleen", "Kath"),
    ("Michael", "Mick"), ("James", "Jim"), ("Thomas", "Tom"), ("Anthony", "Tony"), ("Christopher", "Chris"), ("Stephen", "Steve"), ("David", "Dave"),
    ("Joseph", "Joe"), ("Edward", "Ted"), ("Charles", "Charlie"), ("Susan", "Sue"), ("Deborah", "Debbie"), ("Catherine", "Cath"), ("Christine", "Chris"),
    ("Samuel", "Sam"), ("Benjamin", "Ben"), ("Daniel", "Dan"), ("Matthew", "Matt"), ("Nicholas", "Nick"), ("Jacqueline", "Jackie"), ("Samantha", "Sam"),
    ("Dorothy", "Dot"), ("Terence", "Terry"), ("Ronald", "Ron"), ("Kenneth", "Ken"), ("Raymond", "Ray"), ("Frederick", "Fred"), ("Alexander", "Alex"),
    ("Andrew", "Andy"), ("Philip", "Phil"), ("Timothy", "Tim"), ("Joshua", "Josh"), ("Jessica", "Jess"), ("Isabella", "Bella"), ("Rebecca", "Becky"),
    ("Mohammed", "Mo"), ("Muhammad", "Mo"), ("Abigail", "Abi"), ("Eleanor", "Ellie"), ("Charlotte", "Lottie"), ("Barbara", "Barb"), ("Pamela", "Pam"),
];
/// Streets, the more frequent first.
pub const STREETS: &[&str] = &[
    "Church", "Station", "Victoria", "Albert", "Park", "Mill", "Chapel", "School", "Manor", "Green", "Grove", "King", "Queen", "Alexandra",
    "Windsor", "York", "Springfield", "Highfield", "Oak", "Elm", "Cedar", "Beech", "Ash", "Willow", "Hawthorn", "Laurel", "Moor", "Bridge",
    "Canal", "Quarry", "Wheatfield", "Orchard", "Meadow", "Abbey", "Castle", "Priory", "Cobden", "Gladstone", "Nelson", "Wellington", "Cambridge", "Derby",
];
/// Street kinds, the more frequent first.
pub const STREET_KINDS: &[&str] = &["Road", "Street", "Avenue", "Lane", "Close", "Drive", "Terrace", "Way", "Gardens", "Court"];
/// Home names, the more frequent first.
pub const HOME_NAMES: &[&str] = &[
    "The Beeches", "Rosewood", "Oakfield", "Fairhaven", "The Limes", "Meadowbank", "Ashgrove", "Cedar Lodge", "St Mary's", "Lakeview", "Hollybank",
    "Riverside", "Abbeyfield", "Sunnyside", "Willow Court", "Highcliffe", "The Elms", "Briarwood", "Moorlands", "Primrose House", "Parkview", "Elmhurst",
];
