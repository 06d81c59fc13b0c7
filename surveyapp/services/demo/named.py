"""What the named answers of the demonstration look like."""

from __future__ import annotations

from surveyapp.services.demo.invent import Recipe
from surveyapp.services.demo.weights import CODED_PROFESSIONS, satisfaction, scale

APPLICATION = Recipe(
    skip=0.15,
    skips={"rpps": 1.0, "debut": 0.3},
    gloomy=frozenset(
        (
            "empathie",
            "reactivite",
            "esprit_equipe",
            "relationnel",
            "ecosysteme",
            "vulgarisation",
            "numerique",
        )
    ),
    shares={
        "a_jour": {"oui": 1},
        "profession": CODED_PROFESSIONS,
        "specialite": {"generaliste": 8, "pneumologie": 1, "gynecologie": 1},
        "temps_mensuel": {"moins_2h": 25, "de_2_a_4h": 55, "plus_4h": 20},
        "entretien": {"oui": 80, "non": 20},
        "appuis": {
            "aides": 40,
            "demarches": 30,
            "reseau": 25,
            "entretien": 20,
            "numerique": 15,
            "aucun": 6,
        },
        **{name: scale(1, 1, 8, 48, 43) for name in ("empathie", "esprit_equipe", "relationnel")},
        "reactivite": scale(1, 3, 18, 52, 27),
        "ecosysteme": scale(1, 8, 28, 42, 22),
        "vulgarisation": scale(1, 6, 26, 46, 22),
        "numerique": scale(1, 12, 32, 36, 20),
    },
    numbers={"annee_arrivee": (1994, 2023)},
    texts={
        "motivation": (
            "À mon arrivée, un confrère m’a ouvert son carnet d’adresses. J’aimerais rendre la "
            "pareille.",
            "J’ai mis six mois à comprendre les démarches. Autant que cela serve à d’autres.",
            "J’aime transmettre et je connais bien le territoire.",
            "Les nouveaux installés se sentent seuls, un café suffit parfois à tout changer.",
            "Je veux que notre métier donne envie de s’installer ici.",
            "Je participe déjà au groupe de travail, c’est une suite naturelle.",
            "J’accueille des stagiaires depuis dix ans et beaucoup sont restés.",
            "Faire connaître la CPTS à celles et ceux qui arrivent.",
            "Je dispose d’un peu de temps et je souhaite l’utiliser pour le collectif.",
            "Parce qu’on soigne mieux quand on se connaît.",
            "Je suis arrivée l’an dernier, mes souvenirs sont encore frais.",
            "J’ai changé de région trois fois, je sais ce qui manque aux nouveaux venus.",
            "Aider une jeune consœur à s’installer a été ma plus belle expérience de l’année.",
            "Notre cabinet grandit, j’ai envie de sortir de mes murs.",
            "Je crois au compagnonnage.",
        ),
    },
)

INSTALLATION = Recipe(
    skip=0.12,
    shares={
        "profession": CODED_PROFESSIONS,
        "specialite": {"generaliste": 8, "radiologie": 1, "orl": 1},
        "statut_actuel": {
            "remplacant": 40,
            "etudiant": 20,
            "salarie": 25,
            "collaborateur": 10,
            "installe": 5,
        },
        "horizon": {"court": 40, "moyen": 40, "long": 20},
        "foyer": {"seul": 25, "couple": 30, "couple_enfants": 38, "seul_enfants": 7},
    },
    days={"date_contact": (-40, -1), "date_souhaitee": (60, 400), "visite_du": (10, 40)},
    texts={
        "projet_libre": (
            "Rejoindre une équipe où l’on se parle, plutôt que m’installer seul.",
            "Reprendre une patientèle avec quelques mois de recouvrement.",
            "Exercer à mi-temps en libéral et à mi-temps en centre de santé.",
            "Ouvrir une consultation avancée deux jours par semaine.",
        ),
        "lieu_nom": (
            "Maison de santé de Mont-Exemple",
            "Cabinet du centre, Val-Fictif",
            "Pôle médical de Port-Modèle",
            "Cabinet de la gare, Rivière-Claire",
        ),
        "lieu_avis": ("Équipe chaleureuse, locaux un peu justes.", "Très bien placé."),
        "logement_precisions": ("Une maison avec trois chambres.", "Un appartement meublé."),
        "metier_conjoint": ("Enseignement", "Informatique, à distance si possible"),
        "critere_autre": ("Un stationnement facile.",),
        "disponibilites": ("Plutôt en fin de semaine.", "Pendant les vacances scolaires."),
    },
)

CONCIERGERIE = Recipe(
    skip=0.15,
    shares={
        "qualite": {"adherent": 45, "candidat": 30, "stagiaire": 18, "non_adherent": 7},
        "profession": CODED_PROFESSIONS,
        "categories": {
            "logement": 40,
            "vehicule": 14,
            "emploi_conjoint": 18,
            "ecole": 16,
            "creche": 14,
            "administrations": 18,
            "maison": 10,
            "cabinet": 12,
            "sorties": 14,
            "soiree": 10,
        },
        "urgence": {"semaine": 15, "mois": 45, "souple": 40},
    },
    days={"date_arrivee": (20, 60), "date_depart": (90, 180), "echeance": (5, 28)},
    numbers={"adultes": (1, 2), "enfants": (0, 3)},
    texts={
        "precisions": ("Merci de me rappeler, je vous expliquerai.",),
        "precisions:logement": (
            "Nous arrivons le mois prochain et cherchons une location proche d’une école.",
            "Il me faudrait une chambre pour un stage de six mois.",
            "Un appartement de deux pièces, si possible meublé.",
            "Une maison à louer avant d’acheter.",
        ),
        "precisions:emploi_conjoint": (
            "Mon conjoint est comptable, connaissez-vous des employeurs qui recrutent ?",
            "Ma compagne est professeure de musique et cherche un poste.",
        ),
        "precisions:creche": (
            "Je cherche une place en crèche trois jours par semaine.",
            "Une assistante maternelle qui accepte des horaires décalés ?",
        ),
        "precisions:ecole": (
            "Je voudrais inscrire ma fille au collège en cours d’année.",
            "Quelle école maternelle près de Port-Modèle ?",
        ),
        "precisions:cabinet": (
            "Pouvez-vous m’indiquer un artisan pour la climatisation du cabinet ?",
            "Je cherche une entreprise de ménage pour notre cabinet.",
        ),
        "precisions:sorties": ("Je souhaite deux places pour la sortie du mois.",),
        "precisions:soiree": ("Je participe à la soirée des soignants avec une collègue.",),
        "precisions:vehicule": (
            "Je cherche un garage de confiance près de Port-Modèle.",
            "Une voiture d’occasion pour mes tournées.",
        ),
        "precisions:administrations": (
            "Comment changer l’adresse de mon véhicule, et à quel guichet ?",
            "Qui contacter pour ma caisse de retraite ?",
        ),
        "precisions:maison": ("Un électricien disponible ce mois-ci ?",),
    },
    follows={"precisions": "categories"},
)

SUPPORT = Recipe(
    skip=0.1,
    skips={"suggestion": 0.4},
    gloomy=frozenset(("note_globale", "ecoute", "delai", "orientation", "reseau", "duree")),
    shares={
        "note_globale": scale(1, 0, 0, 8, 42, 50),
        "ecoute": satisfaction(0, 4, 36, 60, 0),
        "delai": satisfaction(2, 18, 48, 30, 2),
        "orientation": satisfaction(0, 12, 50, 36, 2),
        "reseau": satisfaction(0, 10, 42, 46, 2),
        "duree": satisfaction(4, 20, 44, 22, 10),
        "accompagnants": {"ambassadeur": 50, "coordination": 60, "cls": 20, "conciergerie": 25},
        "issue": {"installe": 56, "en_cours": 30, "reflexion": 10, "ailleurs": 2, "abandon": 2},
        "poids": {"non": 6, "peu": 20, "beaucoup": 48, "decisif": 26},
        "rappel": {"non": 88, "oui": 12},
    },
    texts={
        "manque": ("Un rendez-vous de suivi après trois mois.", "Un seul interlocuteur."),
        "motif": ("Mon conjoint n’a pas trouvé d’emploi.",),
        "suggestion": (
            "Donner dès le premier jour la liste des aides.",
            "Organiser un repas avec l’équipe avant la décision.",
            "Prévoir un appel à six mois.",
            "Rien à changer, merci de tout cœur.",
            "Un guide sur papier, à annoter.",
        ),
        "rappel_contact": ("06 39 98 10 01", "06 39 98 10 02", "06 39 98 10 03"),
    },
)
