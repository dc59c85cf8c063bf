"""Words that are written with a full stop without ending a sentence, and words that begin one; by language.

``NEVER``: something always follows (a name, a number). ``SELDOM``: a sentence may end with it, and does so when a word
follows that begins one. ``OFTEN``: it ends its sentence when a capital letter follows. All in small letters and without
the last full stop; several initials in a row (``U.S.``, ``z. B.``) need no entry.
"""

from __future__ import annotations

from collections.abc import Mapping


def _sets(words: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return {language: frozenset(line.split()) for language, line in words.items()}


NEVER = _sets(
    {
        "en": "mr mrs ms mx messrs dr prof rev hon gen col maj capt cmdr lt sgt adm gov sen rep pres st mt ft no"
        " nos fig figs eq eqs sec secs sect sects app ch chap vol vols ed eds trans p pp para art cf vs v viz approx ca"
        " c al esp incl e.g i.e eg ie jan feb mar apr jun jul aug sep sept oct nov dec",
        "de": "dr dipl ing prof hr fr frl hrn st nr nrn abs art aufl ausg bd bde bzgl bzw ca d.h evtl ff geb gest"
        " ggf hrsg inkl jan feb apr jun jul aug sept okt nov dez kap lt max min mind mio mrd no phil rer med"
        " jur nat h c s sog str tel u u.a usf vgl v vs z z.b zzgl zz akad allg bes betr dgl ehem eigtl"
        " einschl entspr erg etw exkl gem gegr i.d.r insb insbes jh jr jährl kath mdl ms op röm sen seit"
        " sing tägl techn urspr verh wg",
        "fr": "m mm mme mmes mlle mlles dr pr me mgr st ste av bd boul ch chap cf éd env ex fig fasc ill l n no"
        " nos p pp art al vol t tél trad v vs c.-à-d jan janv févr fév avr juil sept oct nov déc ann adj adv"
        " approx réf",
        "es": "sr sra sres sras srta dr dra d dª dña prof profa lic ing arq gral cnel tte pág págs p pp art arts"
        " cap caps fig figs núm nº n vol vols ed eds aprox av avda c cf ee ej p.ej st sta sto tel trad vs ud"
        " uds vd vds admón ene feb mar abr may jun jul ago sep sept oct nov dic",
        "it": "sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa ing avv arch geom rag on sen mons p pp pag pagg"
        " art artt cap capp fig figg vol voll ed es n nn nr num cfr ca c tel v vs s ss st sta rev gen col"
        " cap magg ten avv ecc.ma gen feb mar apr mag giu lug ago set sett ott nov dic ev",
        "pt": "sr sra srs sras dr dra drs d prof profa eng arq gen cel cap pág págs p pp art arts fig figs vol"
        " vols n nº núm ed eds av r cf ex p.ex aprox tel sto sta s st v vs exmo exma ilmo jan fev mar abr"
        " mai jun jul ago set out nov dez",
        "nl": "dhr mevr mw mej dr drs ir ing mr prof ds st nr nrs blz p pp art afd afb fig hfst jl jr bijv bv b.v"
        " ca d.w.z evt excl incl m.b.t m.i m.n max min mln mld nl o.a o.b.v ong resp t.a.v t.b.v t.o.v tel"
        " vgl vs z.g zgn jan feb mrt apr jun jul aug sept okt nov dec gem geb red vert",
        "pl": "dr hab inż mgr prof lek płk gen kpt por ppor mjr ks bp abp św pw ul al pl os godz nr nry str s ss"
        " t tab rys rozdz ust art par pkt poz lit zob por np m.in tj tzn ok ca gł im jw min maks mies tys"
        " tel woj wyd red tłum oprac przekł pt pn tzw wg zw ang fr łac niem ros ww",
        "ru": "рис стр с табл гл ст п пп ч т тт ред изд пер напр ул пл пер просп пр д кв корп оф обл р-н гр гос"
        " им проф акад доц инж ген полк кап лейт св о ср англ нем фр лат греч рус тел ок прим разд цит вып"
        " гг ин",
    }
)

BEFORE_NUMBERS = frozenset(("no", "nos"))
"""Of ``NEVER``: before a word they are no abbreviations (``Say no. Ask again.``)."""

SELDOM = _sets(
    {
        "en": "inc ltd corp co llc bros jr sr ph.d m.d b.a m.a d.c u.s u.k u.n a.m p.m u.s.a ave blvd rd dept est"
        " univ assn esq oz lb lbs hr hrs min mins",
        "de": "co gmbh str jr sen",
        "fr": "cie sté jr",
        "es": "cía hnos jr s.a uu",
        "it": "s.p.a s.r.l jr",
        "pt": "ltda cia jr s.a",
        "nl": "n.v jr",
        "pl": "sp z.o.o",
        "ru": "",
    }
)

OFTEN = _sets(
    {
        "en": "etc",
        "de": "etc usw",
        "fr": "etc",
        "es": "etc",
        "it": "ecc",
        "pt": "etc",
        "nl": "enz etc",
        "pl": "itd itp r w zł gr",
        "ru": "в вв д п руб коп тыс млн млрд шт кг км мм ч мин сек э др пр",
    }
)

MONTHS_AND_THE_LIKE = _sets(
    {
        "de": "januar jänner februar märz april mai juni juli august september oktober november dezember"
        " jahrhundert jahrhunderts jh jahrtausend auflage kapitel klasse platz stock weltkrieg weltkriegs"
        " tag mal bundesliga legislaturperiode sitzung bezirk geburtstag lebensjahr semester runde minute"
        " stunde etage obergeschoss",
    }
)
"""What an ordinal number (``3. Mai``) stands before, where ordinals have a full stop."""

STARTERS = _sets(
    {
        "en": "the a an he she it they we you i this that these those there here his her its their our my your in"
        " on at but and or so if when while after before although because since as for with from by both all"
        " some many most no not now then what who why how where however it's he's she's that's both each"
        " every another one",
        "de": "der die das ein eine er sie es wir ihr ich du dies diese dieser dieses aber und oder so wenn als"
        " nach vor weil da in im am an auf bei mit von zu für dort hier dann danach doch auch alle viele man"
        " sein ihre",
        "fr": "le la les l un une des il elle ils elles nous vous je tu ce cette ces mais et ou donc si quand"
        " après avant dans en sur pour par avec on son sa ses leur",
        "es": "el la los las un una él ella ellos nosotros yo tú este esta estos pero y o si cuando después antes"
        " en con por para su sus se no lo",
        "it": "il lo la i gli le un una egli lui lei loro noi io questo questa ma e o se quando dopo prima in con"
        " per su suo sua si non",
        "pt": "o a os as um uma ele ela eles nós eu este esta mas e ou se quando depois antes em no na com por"
        " para seu sua não",
        "nl": "de het een hij zij ze wij we ik dit dat deze die maar en of als toen na voor in op met van er hun zijn",
        "pl": "on ona ono oni my ja to ten ta te ale i a lub jeśli gdy po przed w z na dla jego jej ich nie",
        "ru": "он она оно они мы я вы это этот эта эти но и а или если когда после в на с по для его её их не",
    }
)
