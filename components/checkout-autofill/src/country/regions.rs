//! The regions of the countries whose addresses need one, to choose from a list.

/// A region: its code, after ISO 3166-2 without the country, and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Such as `CA`.
    pub code: &'static str,
    /// Such as `California`.
    pub name: &'static str,
}

/// The regions of a country; none where they are typed freely.
pub fn regions(country: &str) -> impl Iterator<Item = Region> + use<> {
    let list = LISTS.iter().find(|(code, _)| *code == country).map_or("", |(_, list)| list);
    list.split('|').filter_map(|entry| entry.split_once('=')).map(|(code, name)| Region { code, name })
}

impl Region {
    /// The region that somebody means: by its code or its name, in capitals or not, with or without accents.
    pub fn find(country: &str, meant: &str) -> Option<Self> {
        let meant = meant.trim();
        regions(country).find(|region| region.code.eq_ignore_ascii_case(meant) || same(region.name, meant))
    }
}

/// Compares letters and digits only, folded.
fn same(left: &str, right: &str) -> bool {
    let letters = |text| str::chars(text).map(fold).filter(|letter| letter.is_alphanumeric());
    letters(left).eq(letters(right))
}

/// A Latin letter without its accent, in lower case.
fn fold(letter: char) -> char {
    match letter {
        'À'..='Å' | 'à'..='å' | 'ā' | 'Ā' => 'a',
        'È'..='Ë' | 'è'..='ë' => 'e',
        'Ì'..='Ï' | 'ì'..='ï' => 'i',
        'Ò'..='Ö' | 'ò'..='ö' | 'Ō' | 'ō' => 'o',
        'Ù'..='Ü' | 'ù'..='ü' => 'u',
        'Ç' | 'ç' => 'c',
        'Ñ' | 'ñ' => 'n',
        letter => letter.to_ascii_lowercase(),
    }
}

#[rustfmt::skip]
static LISTS: &[(&str, &str)] = &[
    ("AE", "AZ=Abu Dhabi|AJ=Ajman|DU=Dubai|FU=Fujairah|RK=Ras Al Khaimah|SH=Sharjah|UQ=Umm Al Quwain"),
    ("AU", "ACT=Australian Capital Territory|NSW=New South Wales|NT=Northern Territory|QLD=Queensland|SA=South Australia|TAS=Tasmania|VIC=Victoria|WA=Western Australia"),
    ("BR", "AC=Acre|AL=Alagoas|AP=Amapá|AM=Amazonas|BA=Bahia|CE=Ceará|DF=Distrito Federal|ES=Espírito Santo|GO=Goiás|MA=Maranhão|MT=Mato Grosso|MS=Mato Grosso do Sul|MG=Minas Gerais|PA=Pará|PB=Paraíba|PR=Paraná|PE=Pernambuco|PI=Piauí|RJ=Rio de Janeiro|RN=Rio Grande do Norte|RS=Rio Grande do Sul|RO=Rondônia|RR=Roraima|SC=Santa Catarina|SP=São Paulo|SE=Sergipe|TO=Tocantins"),
    ("CA", "AB=Alberta|BC=British Columbia|MB=Manitoba|NB=New Brunswick|NL=Newfoundland and Labrador|NT=Northwest Territories|NS=Nova Scotia|NU=Nunavut|ON=Ontario|PE=Prince Edward Island|QC=Quebec|SK=Saskatchewan|YT=Yukon"),
    ("CN", "AH=Anhui|BJ=Beijing|CQ=Chongqing|FJ=Fujian|GS=Gansu|GD=Guangdong|GX=Guangxi|GZ=Guizhou|HI=Hainan|HE=Hebei|HL=Heilongjiang|HA=Henan|HB=Hubei|HN=Hunan|NM=Inner Mongolia|JS=Jiangsu|JX=Jiangxi|JL=Jilin|LN=Liaoning|NX=Ningxia|QH=Qinghai|SN=Shaanxi|SD=Shandong|SH=Shanghai|SX=Shanxi|SC=Sichuan|TJ=Tianjin|XZ=Tibet|XJ=Xinjiang|YN=Yunnan|ZJ=Zhejiang"),
    ("ES", "C=A Coruña|VI=Álava|AB=Albacete|A=Alicante|AL=Almería|O=Asturias|AV=Ávila|BA=Badajoz|PM=Baleares|B=Barcelona|BI=Bizkaia|BU=Burgos|CC=Cáceres|CA=Cádiz|S=Cantabria|CS=Castellón|CE=Ceuta|CR=Ciudad Real|CO=Córdoba|CU=Cuenca|SS=Gipuzkoa|GI=Girona|GR=Granada|GU=Guadalajara|H=Huelva|HU=Huesca|J=Jaén|LO=La Rioja|GC=Las Palmas|LE=León|L=Lleida|LU=Lugo|M=Madrid|MA=Málaga|ML=Melilla|MU=Murcia|NA=Navarra|OR=Ourense|P=Palencia|PO=Pontevedra|SA=Salamanca|TF=Santa Cruz de Tenerife|SG=Segovia|SE=Sevilla|SO=Soria|T=Tarragona|TE=Teruel|TO=Toledo|V=Valencia|VA=Valladolid|ZA=Zamora|Z=Zaragoza"),
    ("HK", "HK=Hong Kong Island|KL=Kowloon|NT=New Territories"),
    ("IN", "AN=Andaman and Nicobar Islands|AP=Andhra Pradesh|AR=Arunachal Pradesh|AS=Assam|BR=Bihar|CH=Chandigarh|CG=Chhattisgarh|DH=Dadra and Nagar Haveli and Daman and Diu|DL=Delhi|GA=Goa|GJ=Gujarat|HR=Haryana|HP=Himachal Pradesh|JK=Jammu and Kashmir|JH=Jharkhand|KA=Karnataka|KL=Kerala|LA=Ladakh|LD=Lakshadweep|MP=Madhya Pradesh|MH=Maharashtra|MN=Manipur|ML=Meghalaya|MZ=Mizoram|NL=Nagaland|OD=Odisha|PY=Puducherry|PB=Punjab|RJ=Rajasthan|SK=Sikkim|TN=Tamil Nadu|TS=Telangana|TR=Tripura|UP=Uttar Pradesh|UK=Uttarakhand|WB=West Bengal"),
    ("IT", "AG=Agrigento|AL=Alessandria|AN=Ancona|AO=Aosta|AR=Arezzo|AP=Ascoli Piceno|AT=Asti|AV=Avellino|BA=Bari|BT=Barletta-Andria-Trani|BL=Belluno|BN=Benevento|BG=Bergamo|BI=Biella|BO=Bologna|BZ=Bolzano|BS=Brescia|BR=Brindisi|CA=Cagliari|CL=Caltanissetta|CB=Campobasso|CE=Caserta|CT=Catania|CZ=Catanzaro|CH=Chieti|CO=Como|CS=Cosenza|CR=Cremona|KR=Crotone|CN=Cuneo|EN=Enna|FM=Fermo|FE=Ferrara|FI=Firenze|FG=Foggia|FC=Forlì-Cesena|FR=Frosinone|GE=Genova|GO=Gorizia|GR=Grosseto|IM=Imperia|IS=Isernia|AQ=L'Aquila|SP=La Spezia|LT=Latina|LE=Lecce|LC=Lecco|LI=Livorno|LO=Lodi|LU=Lucca|MC=Macerata|MN=Mantova|MS=Massa-Carrara|MT=Matera|ME=Messina|MI=Milano|MO=Modena|MB=Monza e Brianza|NA=Napoli|NO=Novara|NU=Nuoro|OR=Oristano|PD=Padova|PA=Palermo|PR=Parma|PV=Pavia|PG=Perugia|PU=Pesaro e Urbino|PE=Pescara|PC=Piacenza|PI=Pisa|PT=Pistoia|PN=Pordenone|PZ=Potenza|PO=Prato|RG=Ragusa|RA=Ravenna|RC=Reggio Calabria|RE=Reggio Emilia|RI=Rieti|RN=Rimini|RM=Roma|RO=Rovigo|SA=Salerno|SS=Sassari|SV=Savona|SI=Siena|SR=Siracusa|SO=Sondrio|SU=Sud Sardegna|TA=Taranto|TE=Teramo|TR=Terni|TO=Torino|TP=Trapani|TN=Trento|TV=Treviso|TS=Trieste|UD=Udine|VA=Varese|VE=Venezia|VB=Verbano-Cusio-Ossola|VC=Vercelli|VR=Verona|VV=Vibo Valentia|VI=Vicenza|VT=Viterbo"),
    ("JP", "01=Hokkaidō|02=Aomori|03=Iwate|04=Miyagi|05=Akita|06=Yamagata|07=Fukushima|08=Ibaraki|09=Tochigi|10=Gunma|11=Saitama|12=Chiba|13=Tōkyō|14=Kanagawa|15=Niigata|16=Toyama|17=Ishikawa|18=Fukui|19=Yamanashi|20=Nagano|21=Gifu|22=Shizuoka|23=Aichi|24=Mie|25=Shiga|26=Kyōto|27=Ōsaka|28=Hyōgo|29=Nara|30=Wakayama|31=Tottori|32=Shimane|33=Okayama|34=Hiroshima|35=Yamaguchi|36=Tokushima|37=Kagawa|38=Ehime|39=Kōchi|40=Fukuoka|41=Saga|42=Nagasaki|43=Kumamoto|44=Ōita|45=Miyazaki|46=Kagoshima|47=Okinawa"),
    ("MX", "AGU=Aguascalientes|BCN=Baja California|BCS=Baja California Sur|CAM=Campeche|CHP=Chiapas|CHH=Chihuahua|CMX=Ciudad de México|COA=Coahuila|COL=Colima|DUR=Durango|MEX=Estado de México|GUA=Guanajuato|GRO=Guerrero|HID=Hidalgo|JAL=Jalisco|MIC=Michoacán|MOR=Morelos|NAY=Nayarit|NLE=Nuevo León|OAX=Oaxaca|PUE=Puebla|QUE=Querétaro|ROO=Quintana Roo|SLP=San Luis Potosí|SIN=Sinaloa|SON=Sonora|TAB=Tabasco|TAM=Tamaulipas|TLA=Tlaxcala|VER=Veracruz|YUC=Yucatán|ZAC=Zacatecas"),
    ("US", "AL=Alabama|AK=Alaska|AS=American Samoa|AZ=Arizona|AR=Arkansas|AA=Armed Forces (AA)|AE=Armed Forces (AE)|AP=Armed Forces (AP)|CA=California|CO=Colorado|CT=Connecticut|DE=Delaware|DC=District of Columbia|FL=Florida|GA=Georgia|GU=Guam|HI=Hawaii|ID=Idaho|IL=Illinois|IN=Indiana|IA=Iowa|KS=Kansas|KY=Kentucky|LA=Louisiana|ME=Maine|MD=Maryland|MA=Massachusetts|MI=Michigan|MN=Minnesota|MS=Mississippi|MO=Missouri|MT=Montana|NE=Nebraska|NV=Nevada|NH=New Hampshire|NJ=New Jersey|NM=New Mexico|NY=New York|NC=North Carolina|ND=North Dakota|MP=Northern Mariana Islands|OH=Ohio|OK=Oklahoma|OR=Oregon|PA=Pennsylvania|PR=Puerto Rico|RI=Rhode Island|SC=South Carolina|SD=South Dakota|TN=Tennessee|TX=Texas|UT=Utah|VT=Vermont|VA=Virginia|VI=Virgin Islands|WA=Washington|WV=West Virginia|WI=Wisconsin|WY=Wyoming"),
];
