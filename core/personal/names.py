"""Names of people in free text, where the words around them leave no doubt: after a label, before 先生 or 女士."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPOUND: Final = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|端木|宇文|长孙|轩辕|南宫|独孤"
# The hundred-odd surnames of more than 97 in 100 people (Ministry of Public Security, 2020).
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文牛樊葛"
    "邢安齐伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管"
    "柴蒙鲍华喻祁房蒲滕屈饶解牟艾尤阳时穆农司古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞"
    "姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封谈匡鞠惠荆乐冀胥南班储芮湛楚鄢邸"
)
# Surnames that a sentence also begins a word with: no surname by themselves unless a colon stands before.
_ALSO_WORDS: Final = frozenset(
    "于向常和时方万高应成安白单明华全连解任易包管查路车房商古阳南边平文左关谈冷严党席从宫米农"
)
# What no given name holds, and an address or a sentence does.
_NO_NAME: Final = frozenset(
    "路街道巷弄村镇乡区县市省号楼栋幢院园门室层旁侧处口内外里前后上下东西附近"
    "的了是在有和与及或被把给叫找问向对跟请让从到至为因说称想要能会来去过将就都也还又再很不没未无"
    "我你他她它您们这那哪个位名社小区家住手机电话联系反映投诉举报上门发现打店厂公司局委站队部所"
) - frozenset("东西上小家明")
_BEGIN_SENTENCES: Final = frozenset(
    re.findall(
        "..",
        "马上许多严重金额高度时间田地何时何处何种何况游泳游玩毛病黄昏陈述陈旧唐突温暖雷雨石头石块龙头鲁莽文化毕业季节沙子沙土沙石苗木陶瓷金属黄色白色蓝色江河孔洞谷物水果汤药康复牛羊鱼塘"
        "马路石材易燃",
    )
)
_HAN: Final = r"[㐀-䶿一-鿿]"

_LABELS: Final = (
    "姓名|联系人|举报人|投诉人|反映人|报案人|报警人|上报人|来电人|求助人|申请人|当事人|责任人|负责人|经办人|户主|业主|房主|房东"
    "|租户|租客|居民|市民|群众|住户|网格员|网格长|楼栋长|楼长|信息员|巡查员|名字|本人|称呼|当事者|患者|老人|车主"
)
_LABELLED: Final = re.compile(
    rf"(?:{_LABELS})(?:姓名|名字|名称)?\s*[:：=]\s*({_HAN}{{1,8}}·{_HAN}{{1,8}}|{_HAN}{{2,}})"
)
_BARE_LABEL: Final = re.compile(
    r"(?:姓名|联系人|举报人|投诉人|反映人|报案人|报警人|求助人|户主|我叫|名叫|我的名字[叫是]|我姓名是)[\s是叫为]*"
    rf"({_HAN}{{1,4}})"
)
_GIVEN: Final = rf"(?:(?:{_COMPOUND})|[{_SURNAMES}]){_HAN}{{1,2}}"
# A word for a person, a name, and then what only follows a whole name: a sign, a verb of speaking, the end.
_SPEAKER: Final = re.compile(
    r"(?:市民|居民|业主|住户|村民|租户|群众|来电人|投诉人|诉求人|求助人|反映人|网格[员长]|楼栋?长|我是|本人)"
    rf"({_GIVEN})(?=$|[\s,，。;；:：、()（）]|反映|来电|投诉|举报|咨询|求助|建议|表示|表扬|称|说|的?(?:电话|手机|住址))"
)
# A name alone before its telephone number: 王小明,13900001111.
_BEFORE_PHONE: Final = re.compile(rf"(?<!{_HAN})({_GIVEN})(?=[\s,，、:：(（]{{0,3}}(?:\+?86[\s-]?)?1[3-9]\d)")
_MY_SURNAME: Final = re.compile(rf"(?:我姓|免贵姓|本人姓)\s*((?:{_COMPOUND})|[{_SURNAMES}])")
_TITLE: Final = re.compile("先生|女士|小姐|同志|阿姨|大爷|大妈|大叔|大娘|大哥|大姐|太太|奶奶|爷爷|师傅")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names stand, as pairs of begin and end."""
    for found in _LABELLED.finditer(text):
        begin, end = found.span(1)
        length = end - begin if "·" in found[1] else _name_length(found[1], is_labelled=True)
        if length:
            yield begin, begin + length
    for found in _BARE_LABEL.finditer(text):
        length = _name_length(found[1], is_labelled="叫" in found[0])
        if length:
            yield found.start(1), found.start(1) + length
    yield from _whole_names(text)
    for found in _MY_SURNAME.finditer(text):
        yield found.span(1)
    for found in _TITLE.finditer(text):
        begin = _before_title(text, found.start())
        if begin < found.start():
            yield begin, found.start()


def _whole_names(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_SPEAKER, _BEFORE_PHONE):
        for found in pattern.finditer(text):
            if _name_length(found[1], is_labelled=False) == len(found[1]):
                yield found.span(1)


def _surname_length(words: str) -> int:
    if re.match(_COMPOUND, words):
        return 2
    return int(bool(words) and words[0] in _SURNAMES)


def _name_length(words: str, *, is_labelled: bool) -> int:
    """Return how many characters of the words are a name; 0 when they begin with none."""
    surname = _surname_length(words)
    if not surname or (not is_labelled and surname == 1 and words[0] in _ALSO_WORDS):
        return 0
    if words[:2] in _BEGIN_SENTENCES:
        return 0
    if len(words) > surname and _TITLE.match(words, surname):
        return surname
    length = surname
    while length < min(len(words), surname + 2) and words[length] not in _NO_NAME:
        length += 1
    if length == surname:
        return 0
    follows = words[length : length + 1]
    is_place = len(words) <= surname + 3 and follows in set("路街巷村区楼院园店厂局")
    return 0 if is_place else length


def _before_title(text: str, title: int) -> int:
    """Return where the longest name that ends at a title begins; the title itself when there is none."""
    for length in (4, 3, 2, 1):
        begin = title - length
        if begin < 0:
            continue
        words = text[begin:title]
        surname = _surname_length(words)
        given = words[surname:]
        is_given = len(given) <= 2 and all(c.isalpha() and c not in _NO_NAME for c in given)
        if surname and is_given and not (given and words[0] in _NO_NAME):
            return begin
    return title
