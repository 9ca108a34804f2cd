"""Which of their details a message is about: those on the page of the account, or those that a person changes."""

from __future__ import annotations

import re

from agent.investigation.found import Found
from agent.reading.words import fold

_ON_THE_PAGE = re.compile(
    r"\b(?:(?:first|last|family|maiden)? ?names?|surname|phone\w*|telephone|mobile|cell|address(?:es)?|street"
    r"|nombre|apellidos?|telefono|movil|direccion(?:es)?|domicilio"
    r"|nom|prenom|portable|adresses?|domicile"
    r"|(?:vor|nach|familien)?namen?|telefon\w*|handy\w*|rufnummer|adresse|anschrift"
    r"|nome|cognome|cellulare|indirizzo|telefone|telemovel|celular|morada|endereco"
    r"|naam|achternaam|telefoon\w*|adres)\b"
)
_BY_A_PERSON = re.compile(
    r"@|\be-?\s?mails?\b|e-?mail-?\w*|\bmail\w*|\binbox|\bcorreos?\b|\bcourriel|\bmessagerie|\bpostfach|\bbuzon\b"
    r"|\bposta\b|\bcasella\b|\blog-?\s?in|\bsign(?:ed|ing)?[ -]?in|\bpass(?:word|wort)|\bcontrasena|\bmot de passe"
    r"|\bsenha|\bwachtwoord|\bmerge|\bfusion|\bzusammen|\btwice|\btwo accounts|\bhack|\bstole|\bsomebody|\bsomeone"
    r"|\bfremd|\balguien|\bquelqu'un|\bdelet|\bclose\b|\bborr|\bsupprim|\blosch|\bdata\b|\bdatos\b|\bdonnees\b|\bdaten\b"
)
_STUCK = re.compile(
    r"\b(?:errors?|fehler|erreur|fails?|failed|stuck|won['’]?t|does ?n[o'’]t (?:work|save|let|accept)"
    r"|not (?:work|sav|possib)\w*|impossible|(?:funktioniert|geht|klappt) \w*\s?nicht|no (?:funciona|puedo|me deja)"
    r"|ne (?:marche|fonctionne) pas|non (?:funziona|posso)|nao (?:funciona|consigo)|werkt niet|lukt niet)"
)


def own_detail(found: Found) -> bool:
    """Whether an ask about the account is all about name, phone or postal address, which customers change there.

    Anything that a person changes, or a page that does not do its work, is not.
    """
    if "account" not in found.classification.intents:
        return False
    said = fold(found.text)
    return bool(_ON_THE_PAGE.search(said)) and not (_BY_A_PERSON.search(said) or _STUCK.search(said))
