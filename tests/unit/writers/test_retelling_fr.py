"""A clause of a review in French, said again about the customer."""

from __future__ import annotations

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("ma fermeture a lâché au premier lavage", "que votre fermeture a lâché au premier lavage"),
        ("Il manque deux vis dans le sachet", "qu'il manque deux vis dans le sachet"),
        ("J’ai reçu un sac gris au lieu du noir", "que vous avez reçu un sac gris au lieu du noir"),
        ("je n'ai toujours pas reçu ma commande", "que vous n'avez toujours pas reçu votre commande"),
        ("toujours pas reçu mon colis", "que vous n'avez toujours pas reçu votre colis"),
        ("les manches m'arrivent au coude", "que les manches vous arrivent au coude"),
        ("malheureusement la couture s'est ouverte", "que la couture s'est ouverte"),
        ("je trouve que le tissu est trop fin", "que le tissu est trop fin"),
        ("ça marche pas avec mon téléphone", "que cela ne marche pas avec votre téléphone"),
        ("le bracelet est trop grand et il glisse", "que le bracelet est trop grand et qu'il glisse"),
        ("elle me va parfaitement", "qu'elle vous va parfaitement"),
        ("trop petit pour mon fils", "que c'est trop petit pour votre fils"),
        ("la bretelle droite s'est décousue", "que la bretelle droite s'est décousue"),
        ("j'ai reçu une lampe qui ne marche pas", "que vous avez reçu une lampe qui ne marche pas"),
        ("le gilet que j'ai reçu a un trou à la poche", "que le gilet a un trou à la poche"),
        ("ce que j'ai reçu n'est pas conforme à la photo", "que ce n'est pas conforme à la photo"),
        ("le verre est fendu en deux", "que le verre est fendu en deux"),
    ],
)
def test_says_what_happened_about_the_customer(clause: str, said: str) -> None:
    """The first person becomes the second, a denial is whole, and the clause begins as the frames want it."""
    assert retold(clause, "fr", Library()) == said


@pytest.mark.parametrize(
    "clause",
    [
        "vous ne répondez jamais à mes messages",
        "votre service client ne sert à rien",
        "très jolie couleur",
        "j'avoue que je rachèterai ce sac",
        "je le recommande à mes amies",
        "c'est une honte de vendre cette robe",
        "la qualité est lamentable",
        "si la taille était bonne je le garderais",
        "le sac est beau il est aussi solide",
        "hier la lampe est tombée en panne",
        "le produit me brûle la peau",
        "c'est une copie",
        "est-ce que la batterie est comprise ?",
        "le carton que j'ai reçu mardi",
        "la poignée de la valise qui se bloque",
        "la couleur de celui que j'ai reçu ne correspond pas",
        "la lampe éclaire bien et le câble est solide",
        "la crème ne colle pas aux doigts",
    ],
)
def test_leaves_a_clause_that_would_not_be_sure_to_read_well(clause: str) -> None:
    """The shop, wishes, verdicts, fragments, run-on clauses and harm are not said again."""
    assert retold(clause, "fr", Library()) is None


async def test_a_draft_says_what_the_review_says() -> None:
    """The reply repeats the customer's particulars with the apostrophe of its own sentences."""
    text = "La poignée s'est arrachée au bout de deux jours et je n'ai eu aucune réponse."
    case = Case(review=Review(external_id="fr-1", text=text, rating=1, language="fr"))
    read = Situation(
        situation=SituationName.QUALITY,
        language="fr",
        sentiment=-1,
        channel=Channel.HYBRID,
        confidence=0.9,
        reader="test",
        details=(),
    )
    draft = await TemplateWriter(Library()).write(case, read, Brief())
    assert draft.public_reply is not None
    assert "que la poignée s’est arrachée au bout de deux jours" in draft.public_reply
    assert "vous n’avez eu aucune réponse" in draft.public_reply
