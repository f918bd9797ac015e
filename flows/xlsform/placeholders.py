"""Texts that a form does not have and a flow needs: what to write in their place, and no one's words yet."""

from collections.abc import Mapping

Texts = Mapping[str, str]

CONSENT: Texts = {
    "en": "[Write who asks, what for, and who reads the answers.] May we ask you some questions?",
    "es": "[Escriba quién pregunta, para qué y quién lee las respuestas.] ¿Podemos hacerle unas preguntas?",
    "fr": "[Écrivez qui demande, pourquoi, et qui lit les réponses.] Pouvons-nous vous poser des questions ?",
    "pt": "[Escreva quem pergunta, para quê e quem lê as respostas.] Podemos fazer algumas perguntas?",
}
DECLINED: Texts = {
    "en": "All right. We ask nothing and keep no answers.",
    "es": "De acuerdo. No preguntamos nada ni guardamos respuestas.",
    "fr": "D'accord. Nous ne demandons rien et ne gardons aucune réponse.",
    "pt": "Tudo bem. Não perguntamos nada nem guardamos respostas.",
}
CLOSING: Texts = {
    "en": "Thank you for your answers.",
    "es": "Gracias por sus respuestas.",
    "fr": "Merci pour vos réponses.",
    "pt": "Obrigado pelas suas respostas.",
}
CONTACT: Texts = {
    "en": "[Your organization and its phone number]",
    "es": "[Su organización y su teléfono]",
    "fr": "[Votre organisation et son téléphone]",
    "pt": "[Sua organização e seu telefone]",
}
AGAIN: Texts = {
    "en": "Is there another one to tell of?",
    "es": "¿Hay otro más que contar?",
    "fr": "Y en a-t-il un autre à raconter ?",
    "pt": "Há mais algum para contar?",
}


def placeholder(texts: Texts, languages: list[str]) -> dict[str, str]:
    """A text in the languages that it is there in, always in the first of them."""
    found = {code: texts[code] for code in languages if code in texts}
    return {languages[0]: found.get(languages[0], texts["en"]), **found}
