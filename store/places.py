"""Countries by the many ways in which people type them."""

from collections.abc import Mapping

from store.words import fold

# ISO 3166-1, alpha-3 followed by alpha-2; XKX is what most vendors use for Kosovo.
_CODES = """
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT
    AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO
    BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG
    COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO
    DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB
    GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY
    HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT
    JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY
    LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH
    MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA
    NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE
    PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA
    SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR
    SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO
    TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG
    VIRVI VNMVN VUTVU WLFWF WSMWS XKXXK YEMYE ZAFZA ZMBZM ZWEZW
"""
_ALPHA_2 = {code[:3]: code[3:] for code in _CODES.split()}
_ALSO = {
    "uk": "GBR",
    "britain": "GBR",
    "england": "GBR",
    "america": "USA",
    "states": "USA",
    "uae": "ARE",
    "emirates": "ARE",
    "ksa": "SAU",
    "holland": "NLD",
    "korea": "KOR",
    "turkey": "TUR",
    "turkiye": "TUR",
    "czech republic": "CZE",
    "czechia": "CZE",
    "europe": "EUR",
    "eu": "EUR",
    "global": "GLO",
    "worldwide": "GLO",
    "international": "GLO",
}
_SHORTEST_UNFINISHED = 4  # below that too many words begin like a country


class Places:
    """Countries, found by code, name, alias, or the beginning of a name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` are the vendors', by alpha-3 code."""
        by_code = {code.lower(): alpha3 for alpha3, alpha2 in _ALPHA_2.items() for code in (alpha3, alpha2)}
        by_name = {fold(name): alpha3 for alpha3, name in names.items()}
        self._by_word = by_code | _ALSO | by_name

    def meant_by(self, words: str) -> frozenset[str]:
        """Alpha-3 codes that the folded `words` may stand for."""
        if exact := self._by_word.get(words):
            return frozenset({exact})
        if len(words) < _SHORTEST_UNFINISHED:
            return frozenset()
        return frozenset(a for word, a in self._by_word.items() if word.startswith(words))
