"""The words of the closed world, with the forms that French and German need: gender, plural, case phrases.

Names, towns, numbers and things are random, so questions can only be answered by reading the story.
"""

FEMALE = """Mara Anna Lena Clara Nora Ella Rosa Julia Sofia Emma Ida Marta Lucy Alice Vera Nina Eva Greta Helen Iris
Jane Kate Laura Mia""".split()
MALE = """Tom Ben Paul Max Oskar Hugo Leo Peter Martin David Simon Felix Adam Erik Jonas Karl Oliver Samuel Victor
Daniel Anton Bruno Emil Frank""".split()
PETS = "Luna Coco Bello Molly Rocky Stella Balu Nemo Lotta Pepper Kiwi Momo".split()
TOWNS = """Elmford Redhill Norwick Oakton Westbay Lindal Stonebridge Millbrook Greenport Fernley Ashdale Kingsmere
Saltby Larkfield Brightwater Hillcrest Dunmoor Rosedale Winterton Applegate""".split()

DAYS = [("Monday", "lundi", "Montag"), ("Tuesday", "mardi", "Dienstag"), ("Wednesday", "mercredi", "Mittwoch"),
        ("Thursday", "jeudi", "Donnerstag"), ("Friday", "vendredi", "Freitag"), ("Saturday", "samedi", "Samstag"),
        ("Sunday", "dimanche", "Sonntag")]

COUNTS = [("two", "deux", "zwei"), ("three", "trois", "drei"), ("four", "quatre", "vier"), ("five", "cinq", "fünf"),
          ("six", "six", "sechs"), ("seven", "sept", "sieben"), ("eight", "huit", "acht"), ("nine", "neuf", "neun"),
          ("ten", "dix", "zehn"), ("twelve", "douze", "zwölf")]

# English; French masculine, feminine; German masculine, feminine.
JOBS = [("baker", "boulanger", "boulangère", "Bäcker", "Bäckerin"),
        ("teacher", "enseignant", "enseignante", "Lehrer", "Lehrerin"),
        ("gardener", "jardinier", "jardinière", "Gärtner", "Gärtnerin"),
        ("painter", "peintre", "peintre", "Maler", "Malerin"),
        ("farmer", "agriculteur", "agricultrice", "Bauer", "Bäuerin"),
        ("cook", "cuisinier", "cuisinière", "Koch", "Köchin"),
        ("musician", "musicien", "musicienne", "Musiker", "Musikerin"),
        ("carpenter", "menuisier", "menuisière", "Tischler", "Tischlerin"),
        ("pilot", "pilote", "pilote", "Pilot", "Pilotin"),
        ("dentist", "dentiste", "dentiste", "Zahnarzt", "Zahnärztin"),
        ("nurse", "infirmier", "infirmière", "Krankenpfleger", "Krankenpflegerin"),
        ("doctor", "médecin", "médecin", "Arzt", "Ärztin")]

# Nouns: English singular, plural; French singular, plural, gender; German singular, plural, gender.
ANIMALS = [("dog", "dogs", "chien", "chiens", "m", "Hund", "Hunde", "m"),
           ("cat", "cats", "chat", "chats", "m", "Katze", "Katzen", "f"),
           ("horse", "horses", "cheval", "chevaux", "m", "Pferd", "Pferde", "n"),
           ("rabbit", "rabbits", "lapin", "lapins", "m", "Kaninchen", "Kaninchen", "n"),
           ("hen", "hens", "poule", "poules", "f", "Henne", "Hennen", "f"),
           ("goat", "goats", "chèvre", "chèvres", "f", "Ziege", "Ziegen", "f"),
           ("duck", "ducks", "canard", "canards", "m", "Ente", "Enten", "f"),
           ("cow", "cows", "vache", "vaches", "f", "Kuh", "Kühe", "f"),
           ("pig", "pigs", "cochon", "cochons", "m", "Schwein", "Schweine", "n"),
           ("donkey", "donkeys", "âne", "ânes", "m", "Esel", "Esel", "m")]
THINGS = [("hat", "hats", "chapeau", "chapeaux", "m", "Hut", "Hüte", "m"),
          ("umbrella", "umbrellas", "parapluie", "parapluies", "m", "Regenschirm", "Regenschirme", "m"),
          ("bag", "bags", "sac", "sacs", "m", "Tasche", "Taschen", "f"),
          ("book", "books", "livre", "livres", "m", "Buch", "Bücher", "n"),
          ("key", "keys", "clé", "clés", "f", "Schlüssel", "Schlüssel", "m"),
          ("lamp", "lamps", "lampe", "lampes", "f", "Lampe", "Lampen", "f"),
          ("chair", "chairs", "chaise", "chaises", "f", "Stuhl", "Stühle", "m"),
          ("cup", "cups", "tasse", "tasses", "f", "Tasse", "Tassen", "f"),
          ("coat", "coats", "manteau", "manteaux", "m", "Mantel", "Mäntel", "m"),
          ("box", "boxes", "boîte", "boîtes", "f", "Kiste", "Kisten", "f"),
          ("bicycle", "bicycles", "vélo", "vélos", "m", "Fahrrad", "Fahrräder", "n"),
          ("clock", "clocks", "horloge", "horloges", "f", "Uhr", "Uhren", "f")]
GOODS = [("apples", "pommes", "Äpfel"), ("pears", "poires", "Birnen"), ("eggs", "œufs", "Eier"),
         ("cakes", "gâteaux", "Kuchen"), ("flowers", "fleurs", "Blumen"), ("books", "livres", "Bücher"),
         ("candles", "bougies", "Kerzen"), ("cups", "tasses", "Tassen"), ("tomatoes", "tomates", "Tomaten"),
         ("lemons", "citrons", "Zitronen"), ("pencils", "crayons", "Bleistifte"), ("oranges", "oranges", "Orangen")]
# Houses that open: English; French, gender; German, gender. None starts with a vowel in French ("l'").
HOUSES = [("library", "bibliothèque", "f", "Bibliothek", "f"), ("museum", "musée", "m", "Museum", "n"),
          ("bakery", "boulangerie", "f", "Bäckerei", "f"), ("cinema", "cinéma", "m", "Kino", "n"),
          ("restaurant", "restaurant", "m", "Restaurant", "n"), ("theatre", "théâtre", "m", "Theater", "n"),
          ("swimming pool", "piscine", "f", "Schwimmbad", "n"), ("zoo", "zoo", "m", "Zoo", "m"),
          ("park", "parc", "m", "Park", "m"), ("market hall", "halle", "f", "Markthalle", "f")]

# English; French m, f, m plural, f plural; German stem.
COLOURS = [("white", "blanc", "blanche", "blancs", "blanches", "weiß"),
           ("black", "noir", "noire", "noirs", "noires", "schwarz"),
           ("brown", "brun", "brune", "bruns", "brunes", "braun"),
           ("grey", "gris", "grise", "gris", "grises", "grau"),
           ("red", "rouge", "rouge", "rouges", "rouges", "rot"),
           ("green", "vert", "verte", "verts", "vertes", "grün"),
           ("blue", "bleu", "bleue", "bleus", "bleues", "blau"),
           ("yellow", "jaune", "jaune", "jaunes", "jaunes", "gelb")]
COATS = COLOURS[:4]

PLACES = [("near the bridge", "près du pont", "bei der Brücke"), ("near the river", "près de la rivière", "am Fluss"),
          ("in the park", "dans le parc", "im Park"), ("behind the school", "derrière l'école", "hinter der Schule"),
          ("in the garden", "dans le jardin", "im Garten"),
          ("next to the church", "à côté de l'église", "neben der Kirche"), ("on the beach", "sur la plage", "am Strand"),
          ("in the forest", "dans la forêt", "im Wald"), ("under a tree", "sous un arbre", "unter einem Baum"),
          ("in front of the hotel", "devant l'hôtel", "vor dem Hotel")]
SHOPS = [("at the market", "au marché", "auf dem Markt"), ("at the station", "à la gare", "am Bahnhof"),
         ("at the harbour", "au port", "am Hafen"), ("at the supermarket", "au supermarché", "im Supermarkt"),
         ("in a small shop", "dans une petite boutique", "in einem kleinen Laden"),
         ("at the old mill", "au vieux moulin", "an der alten Mühle")]
VEHICLES = [("by train", "en train", "mit dem Zug"), ("by bus", "en bus", "mit dem Bus"),
            ("by car", "en voiture", "mit dem Auto"), ("by bicycle", "à vélo", "mit dem Fahrrad"),
            ("by boat", "en bateau", "mit dem Boot")]
# English; French clause; German adjective.
WEATHER = [("cold", "il faisait froid", "kalt"), ("warm", "il faisait chaud", "warm"),
           ("sunny", "il y avait du soleil", "sonnig"), ("windy", "il y avait du vent", "windig"),
           ("foggy", "il y avait du brouillard", "neblig"), ("dark", "il faisait sombre", "dunkel")]
# Infinitives; the German phrases are in the form used before a modal verb.
WISHES = [("see the sea", "voir la mer", "das Meer sehen"),
          ("visit a friend", "rendre visite à un ami", "einen Freund besuchen"),
          ("buy a present", "acheter un cadeau", "ein Geschenk kaufen"),
          ("hear a concert", "écouter un concert", "ein Konzert hören"),
          ("see the old castle", "voir le vieux château", "das alte Schloss sehen"),
          ("find a new job", "trouver un nouveau travail", "eine neue Arbeit finden"),
          ("eat fresh fish", "manger du poisson frais", "frischen Fisch essen"),
          ("take photos", "prendre des photos", "Fotos machen"),
          ("learn to swim", "apprendre à nager", "schwimmen lernen"),
          ("watch the birds", "observer les oiseaux", "die Vögel beobachten")]
FEELINGS = [("happy", "heureux", "heureuse", "glücklich"), ("tired", "fatigué", "fatiguée", "müde"),
            ("proud", "fier", "fière", "stolz"), ("sad", "triste", "triste", "traurig"),
            ("surprised", "surpris", "surprise", "überrascht"), ("calm", "calme", "calme", "ruhig")]
# Why an animal runs away.
CAUSES = [("the gate was open", "la porte était ouverte", "das Tor offen war"),
          ("there was a storm", "il y avait un orage", "es ein Gewitter gab"),
          ("the music was too loud", "la musique était trop forte", "die Musik zu laut war"),
          ("a car was too fast", "une voiture était trop rapide", "ein Auto zu schnell war")]


def a(word):
    """Returns the word with the English indefinite article."""
    return ("an " if word[0] in "aeiou" else "a ") + word


def fr_a(noun, gender):
    """Returns the noun with un or une."""
    return ("un " if gender == "m" else "une ") + noun


def fr_the(noun, gender):
    """Returns the noun with le, la or l'."""
    if noun[0] in "aeiouâéêœ":
        return "l'" + noun
    return ("le " if gender == "m" else "la ") + noun


def fr_colour(colour, gender, plural=False):
    """Returns the form of a colour that follows its noun."""
    return colour[(3 if plural else 1) + (gender == "f")]


DE_THE = {"nom": {"m": "der", "f": "die", "n": "das"}, "acc": {"m": "den", "f": "die", "n": "das"}}
DE_A = {"nom": {"m": "ein", "f": "eine", "n": "ein"}, "acc": {"m": "einen", "f": "eine", "n": "ein"}}
DE_ENDING = {"nom": {"m": "er", "f": "e", "n": "es"}, "acc": {"m": "en", "f": "e", "n": "es"}}


def de_a(stem, noun, gender, case):
    """Returns article, adjective and noun in agreement: einen roten Hut, eine rote Lampe, ein rotes Buch."""
    return f"{DE_A[case][gender]} {stem}{DE_ENDING[case][gender]} {noun}"


def upper(text):
    """Returns the text with its first letter in upper case."""
    return text[0].upper() + text[1:]
