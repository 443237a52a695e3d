"""Names of countries and states that the CLDR does not have: data alone."""

from __future__ import annotations

import typing as t

COMMON: t.Final[dict[str, str]] = {
    "Deutschland": "DE", "Germany": "DE", "Österreich": "AT", "Austria": "AT",
    "Schweiz": "CH", "Switzerland": "CH",
}  # fmt: skip
"""Where most live: known without the tables of the CLDR, which take 80 ms."""

OTHER_NAMES: t.Final[dict[str, tuple[str, ...]]] = {
    "AE": ("Arabische Emirate", "VAE", "UAE", "Emirate"),
    "AQ": ("Antarktika",),
    "AR": ("Argentinische Republik", "Argentine Republic"),
    "AX": ("Aland", "Åland-Inseln"),
    "BA": ("Bosnien", "Bosnien-Herzegowina", "Bosnia", "Bosnia-Herzegovina"),
    "BF": ("Obervolta", "Upper Volta"),
    "BJ": ("Dahomey",),
    "BN": ("Brunei", "Negara Brunei Darussalam"),
    "BQ": ("Bonaire, Sint Eustatius und Saba", "Karibische Niederlande"),
    "BV": ("Bouvet-Insel",),
    "BW": ("Botswana",),
    "BY": ("Weißrussland", "Belorussland", "White Russia", "Byelorussia"),
    "CC": ("Kokos-(Keeling-)Inseln", "Kokosinseln (Keelinginseln)", "Cocos Islands"),
    "CD": (
        "Demokratische Republik Kongo", "Kongo, Demokratische Republik", "DR Kongo", "Zaire",
        "Kongo-Kinshasa", "Democratic Republic of the Congo", "DR Congo",
        "Congo, The Democratic Republic of the",
    ),
    "CF": ("Zentralafrika",),
    "CG": (
        "Kongo", "Republik Kongo", "Kongo-Brazzaville", "Congo", "Republic of the Congo",
        "Kongo, Republik",
    ),
    "CH": ("Schweizerische Eidgenossenschaft", "Swiss Confederation", "Suisse", "Svizzera",
           "Confoederatio Helvetica", "Schweitz"),
    "CI": ("Elfenbeinküste", "Côte d'Ivoire", "Cote d Ivoire", "Ivory Coast"),
    "CN": ("Volksrepublik China", "VR China", "People's Republic of China", "China, Volksrepublik"),
    "CV": ("Kap Verde", "Kapverden", "Cape Verde", "Cabo Verde"),
    "CX": ("Weihnachtsinseln",),
    "CZ": ("Tschechische Republik", "Tschechei", "Czech Republic", "Czechia"),
    "DE": (
        "BRD", "Bundesrepublik Deutschland", "Bundesrep. Deutschland", "Bundesrepublik",
        "Federal Republic of Germany", "Allemagne", "Germania", "Dtl", "Dtld", "Deutschl",
        "Alemania", "Niemcy", "Almanya",
    ),
    "DZ": ("Demokratische Volksrepublik Algerien",),
    "EG": ("Arabische Republik Ägypten",),
    "FK": ("Falklandinseln (Malwinen)", "Falkland Islands (Malvinas)", "Malwinen"),
    "FM": (
        "Mikronesien, Föderierte Staaten von", "Föderierte Staaten von Mikronesien",
        "Micronesia, Federated States of", "Federated States of Micronesia",
    ),
    "FO": ("Färöer-Inseln", "Faroer"),
    "FR": ("Französische Republik", "French Republic"),
    "GA": ("Gabunische Republik", "Gabonese Republic"),
    "GB": (
        "England", "Great Britain", "Großbritannien", "UK", "U.K.", "Schottland", "Scotland",
        "Wales", "Groß Britannien", "Nordirland", "Northern Ireland", "Vereinigtes Königreich",
        "Vereinigtes Königreich Großbritannien und Nordirland",
        "United Kingdom of Great Britain and Northern Ireland", "Britain",
    ),
    "GF": ("Französisch-Guyana",),
    "GM": ("The Gambia",),
    "GR": ("Hellenische Republik", "Hellenic Republic", "Hellas"),
    "GS": ("South Georgia und die Südlichen Sandwichinseln",),
    "GW": ("Guinea Bissau",),
    "HK": ("Hong Kong", "Hongkong", "Sonderverwaltungsregion Hongkong",
           "Hong Kong Special Administrative Region of China"),
    "HM": ("Heard und McDonaldinseln",),
    "IE": ("Republik Irland", "Eire"),
    "IM": ("Insel Man",),
    "IO": ("Britisches Territorium im Indischen Ozean", "British Indian Ocean Territory"),
    "IR": ("Persien",),
    "IT": ("Italienische Republik", "Italian Republic", "Italia"),
    "JO": ("Haschemitisches Königreich Jordanien", "Hashemite Kingdom of Jordan"),
    "KG": ("Kirgisien", "Kirgisische Republik", "Kirgistan", "Kirgisistan", "Kyrgyz Republic"),
    "KH": ("Kampuchea",),
    "KN": ("Saint Kitts und Nevis", "Saint Kitts and Nevis"),
    "KP": (
        "Nordkorea", "Demokratische Volksrepublik Korea", "Korea, Demokratische Volksrepublik",
        "DVR Korea", "Democratic People's Republic of Korea",
        "Korea, Democratic People's Republic of",
    ),
    "KR": ("Südkorea", "Republik Korea", "Korea, Republik", "Republic of Korea",
           "Korea, Republic of"),
    "KY": ("Cayman-Inseln",),
    "LA": ("Laos, Demokratische Volksrepublik", "Demokratische Volksrepublik Laos",
           "Lao People's Democratic Republic"),
    "LB": ("Libanesische Republik", "Lebanese Republic"),
    "LC": ("Saint Lucia",),
    "LK": ("Ceylon",),
    "LU": ("Luxembourg",),
    "MD": ("Moldawien", "Moldova", "Republik Moldau"),
    "MF": ("Saint Martin (Französischer Teil)", "Saint Martin (French part)"),
    "MK": ("Mazedonien", "Macedonia", "EJR Mazedonien", "North Macedonia"),
    "MM": ("Birma", "Burma"),
    "MO": ("Macao", "Macau", "Sonderverwaltungsregion Macao",
           "Macao Special Administrative Region of China"),
    "MP": (
        "Nördliche Marianen", "Commonwealth Nördliche Mariana-Inseln",
        "Commonwealth of the Northern Mariana Islands",
    ),
    "MX": ("Vereinigte Mexikanische Staaten", "United Mexican States"),
    "NL": ("Holland", "Die Niederlande", "Nederland", "Netherlands, Kingdom of the"),
    "PM": ("Saint Pierre und Miquelon", "St. Pierre und Miquelon"),
    "PN": ("Pitcairn",),
    "PS": ("Palästina", "Palästina, Staat", "Staat Palästina", "State of Palestine", "Palestine",
           "Palestine, State of"),
    "PT": ("Portugiesische Republik", "Portuguese Republic"),
    "RO": ("Romania",),
    "RU": ("Russische Föderation", "Russian Federation"),
    "SB": ("Salomoninseln",),
    "SH": ("St. Helena, Ascension und Tristan da Cunha",
           "Saint Helena, Ascension and Tristan da Cunha"),
    "SJ": ("Svalbard und Jan Mayen",),
    "SK": ("Slowakische Republik", "Slovak Republic"),
    "SX": ("Saint-Martin (Niederländischer Teil)", "Sint Maarten (Dutch part)"),
    "SY": ("Syrische Arabische Republik", "Syrian Arab Republic"),
    "SZ": ("Swasiland", "Swaziland"),
    "TF": ("Französische Süd- und Antarktisgebiete", "French Southern Territories"),
    "TG": ("Togoische Republik", "Togolese Republic"),
    "TH": ("Siam",),
    "TL": ("Osttimor", "East Timor"),
    "TN": ("Tunesische Republik",),
    "TR": ("Turkey", "Türkiye"),
    "TW": (
        "Taiwan, Chinesische Provinz", "Taiwan, Province of China", "Republik China",
        "Republic of China",
    ),
    "TZ": ("Tanzania",),
    "UA": ("Ukraine",),
    "UM": ("United States Minor Outlying Islands",),
    "US": (
        "U.S.A.", "USA", "U.S.", "Vereinigte Staaten von Amerika", "Vereinigte Staaten", "Amerika",
        "United States of America", "The United States",
    ),
    "UY": ("Republik Östlich des Uruguay", "Eastern Republic of Uruguay"),
    "VA": ("Vatikan", "Vatikanstadt", "Heiliger Stuhl", "Heiliger Stuhl (Staat Vatikanstadt)",
           "Holy See", "Holy See (Vatican City State)"),
    "VC": ("Saint Vincent und die Grenadinen", "St. Vincent und die Grenadinen"),
    "VG": ("Britische Jungferninseln", "Virgin Islands, British"),
    "VI": ("Amerikanische Jungferninseln", "Virgin Islands, U.S."),
    "VN": ("Viet Nam", "Vietnam"),
    "ZW": ("Rhodesien", "Zimbabwe"),
}  # fmt: skip
"""Official, former and usual names; those of the CLDR are not repeated where it has them."""

FORMS: t.Final = """
    arab arabische bolivarian bolivarische bundesrepublik co commonwealth cooperative das
    democratic demokratische demokratischer der des die duchy emirat federal federative
    foederale foederative fuerstentum grand grossherzogtum independent islamic islamische
    islamischer kingdom koenigreich kooperative lao of operative people peoples
    plurinational plurinationaler principality republic republik s socialist sozialistische
    staat state sultanat sultanate the unabhaengiger und union unitary united vereinigte
    vereinigten vereinigung volksrepublik von
"""
"""Folded words that official names have around the usual one."""

AMBIGUOUS: t.Final = frozenset({
    "korea", "kongo", "congo", "china", "mikronesien", "micronesia",
    "irland", "ireland", "staaten", "states", "emirate", "emirates", "amerika", "america",
})  # fmt: skip
"""Rests that the words around decide: only whole names of these count."""

SHORT: t.Final = {"sankt": "st", "saint": "st", "rep": "republik", "bundesrep": "bundesrepublik"}
"""Folded words that are written in several ways."""

PLATES: t.Final = (
    "a=AT b=BE d=DE e=ES f=FR h=HU i=IT j=JP l=LU m=MT n=NO p=PT s=SE v=VA t=TH k=KH c=CU z=ZM "
    "and=AD arm=AM aus=AU bds=BB bih=BA brn=BH bru=BN cdn=CA cdo=CD cgo=CD "
    "eak=KE eat=TZ eau=UG est=EE fin=FI fji=FJ fl=LI gbz=GI gbm=IM gbj=JE gbg=GG gca=GT "
    "hkj=JO irl=IE irq=IQ lao=LA lar=LY lt=LT mal=MY mne=ME mgl=MN nmk=MK "
    "nam=NA nep=NP nz=NZ pl=PL rca=CF rch=CL rg=GN rim=MR rl=LB rm=MG rmm=ML rn=NE "
    "rok=KR rp=PH rsm=SM rus=RU slo=SI srb=RS sud=SD sme=SR tj=TJ tm=TM usa=US wag=GM wal=SL "
    "wan=NG wd=DM wg=GD wl=LC wv=VC yv=VE zre=CD"
)
"""Signs on number plates, where they are no codes of ISO 3166."""

PAIRS: t.Final = {
    "UK": "GB", "EL": "GR", "FL": "LI", "RA": "AR", "RC": "TW", "RH": "HT", "RI": "ID",
    "RL": "LB", "RM": "MG", "RN": "NE", "RP": "PH", "YV": "VE",
}  # fmt: skip
"""The same in two capitals: everything else of two capitals stays as it is."""

SPORTS: t.Final = (
    "ger=DE sui=CH ned=NL por=PT gre=GR cro=HR den=DK bul=BG lat=LV rsa=ZA uae=AE mas=MY phi=PH "
    "ina=ID vie=VN kor=KR chi=CL uru=UY par=PY alg=DZ ksa=SA iri=IR leb=LB lba=LY mad=MG ngr=NG "
    "nig=NE sri=LK mya=MM mon=MC kuw=KW bah=BS hai=HT gua=GT hon=HN crc=CR esa=SV "
    "ang=AO bot=BW zim=ZW zam=ZM gam=GM tog=TG tan=TZ sud=SD"
)
"""Codes of sports and forms, where they are none of ISO 3166."""

STATES: t.Final = (
    "Baden-Württemberg", "Bayern", "Berlin", "Brandenburg", "Bremen", "Hamburg", "Hessen",
    "Mecklenburg-Vorpommern", "Niedersachsen", "Nordrhein-Westfalen", "NRW", "Rheinland-Pfalz",
    "Saarland", "Sachsen", "Sachsen-Anhalt", "Schleswig-Holstein", "Thüringen", "Freistaat Bayern",
    "Freistaat Sachsen", "Freistaat Thüringen", "Bavaria", "Hesse", "Lower Saxony", "Saxony",
    "North Rhine-Westphalia", "Rhineland-Palatinate", "Thuringia", "Saxony-Anhalt",
    "Burgenland", "Kärnten", "Niederösterreich", "Oberösterreich", "Salzburg", "Steiermark",
    "Tirol", "Vorarlberg", "Wien", "Hansestadt Hamburg", "Freie und Hansestadt Hamburg",
    "Freie Hansestadt Bremen",
)  # fmt: skip

STATE_CODES: t.Final = """
    BB BE BW BY DE-BB DE-BE DE-BW DE-BY DE-HB DE-HE DE-HH DE-MV DE-NI DE-NW DE-RP DE-SH DE-
    SL DE-SN DE-ST DE-TH HB HE HH MV NI NW RP SH SL SN ST TH
"""
"""Of Germany, as ISO 3166-2 has them, most of which are countries, too."""

NO_COUNTRY_HERE: t.Final = """
    BY DE-BB DE-BE DE-BW DE-BY DE-HB DE-HE DE-HH DE-MV DE-NI DE-NW DE-RP DE-SH DE-SL DE-SN
    DE-ST DE-TH HB HE HH NW RP
"""
"""Those that are states under `Land` whatever else the address says."""
