"""Given names that many people have, in German-speaking countries: to tell them from others."""

from __future__ import annotations

import typing as t

_NAMES: t.Final = frozenset(
    """
    adam agnieszka ahmed ahmet alexander alexandra alfred ali amelie amir ana andrea andreas
    andrzej angela angelika anja anke anna anne anneliese annette antje anton antonia arne
    artur astrid aylin barbara beate ben benjamin bernd bettina bianca birgit björn brigitte
    britta carmen carolin charlotte christa christian christiane christina christine christoph
    claudia clara dagmar daniel daniela david dennis dieter dirk dominik doris edith elena
    elfriede elif elisabeth elke ella elsa emil emilia emma emre erich erika ernst erwin esra
    eva ewa fabian fatma felix finn florian frank franz franziska friedrich fritz gabriele
    georg gerd gerda gerhard gisela gudrun günter günther hanna hannah hannelore hans harald
    hasan hatice heidi heike heiko heinrich heinz helga helmut henry herbert hermann hildegard
    holger horst ibrahim ida ilse ina ines inge ingeborg ingrid irene iris isabel ivan jakob
    jan jana jasmin jennifer jens jessica joachim jochen johann johanna johannes john jonas
    jörg josef juan julia julian jürgen jutta kai karin karl karla katarzyna katharina kathrin
    katja katrin kerstin kevin klaus konrad kristina krystyna kurt lara laura lea lena leon
    leonie lina lisa lothar louis luca luis luisa lukas maja malte manfred manuela marc marcel
    marcus margarete maria marie marina mario marion markus marlies marta martha martin
    martina mateusz mathilde matthias max maximilian mehmet melanie mia michael michaela
    michelle mike mila mohamed mohammed monika moritz mustafa nadine natalie nele nico nicole
    niklas nina norbert olaf oliver olga oskar ola patrick patricia paul paula peter petra
    philipp pia piotr rainer ralf ralph rebecca regina reinhard renate rita robert roland rolf
    rosa rudolf ruth sabine sabrina samuel sandra sara sarah sascha sebastian silke silvia
    simon simone sofia sonja sophia sophie stefan stefanie steffen stephan susanne sven
    svetlana sylvia tanja theo thomas tim tina tobias tom torsten udo ulrich ulrike ursula ute
    uwe valentina vanessa vera verena veronika viktor viktoria volker walter waltraud werner
    wilhelm willi wolfgang yasmin yusuf zeynep
    """.split()  # noqa: SIM905 - names
)


def is_first_name(text: str) -> bool:
    """Whether the first word of a text is such a name."""
    words = text.casefold().replace("-", " ").split()
    return bool(words) and words[0] in _NAMES
