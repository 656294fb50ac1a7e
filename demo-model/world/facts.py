"""Facts, the elements of a story. Each fact has sentences in three languages, a key point, and questions with answers.

A sentence is a triple (English, French, German). The translation follows from the English sentence alone, so a sentence
outside its article still has exactly one right translation. For that reason sentences repeat the animal or house
instead of using "it", whose gender in French and German would be unknown.
"""

from dataclasses import dataclass, field

from world.lexicon import DE_THE, a, de_a, fr_a, fr_colour, fr_the, upper


@dataclass
class Person:
    name: str
    female: bool

    def pick(self, male, female):
        return female if self.female else male


@dataclass
class Fact:
    """`weight`: importance for summaries (higher is kept first). `questions`: (wordings, answer)."""

    kind: str
    weight: int
    sentences: list
    point: str
    questions: list = field(default_factory=list)
    # For the one-sentence summary and the headline: "bought five apples", "buys five apples".
    past: str = ""
    present: str = ""


def names(who, pronoun):
    """Returns the subject in three languages, as a name or a pronoun."""
    if pronoun:
        return who.pick(("He", "Il", "Er"), ("She", "Elle", "Sie"))
    return who.name, who.name, who.name


def bio(who, job, town, pronoun):
    en, fr, de = names(who, pronoun)
    n = who.name
    fj, dj = job and job[who.pick(1, 2)], job and job[who.pick(3, 4)]
    qs = []
    if job:
        qs.append(([f"What is {n}'s job?", f"What does {n} do?"], upper(a(job[0])) + "."))
    if town:
        qs.append(([f"Where does {n} live?"], f"In {town}."))
    if job and town:
        sents = [(f"{en} lives in {town} and works as {a(job[0])}.", f"{fr} habite à {town} et travaille comme {fj}.",
                  f"{de} wohnt in {town} und arbeitet als {dj}."),
                 (f"{en} is {a(job[0])} and lives in {town}.", f"{fr} est {fj} et habite à {town}.",
                  f"{de} ist {dj} und wohnt in {town}.")]
        point = f"{n} is {a(job[0])} in {town}."
    elif job:
        sents = [(f"{en} is {a(job[0])}.", f"{fr} est {fj}.", f"{de} ist {dj}."),
                 (f"{en} works as {a(job[0])}.", f"{fr} travaille comme {fj}.", f"{de} arbeitet als {dj}.")]
        point = f"{n} is {a(job[0])}."
    else:
        sents = [(f"{en} lives in {town}.", f"{fr} habite à {town}.", f"{de} wohnt in {town}.")]
        point = f"{n} lives in {town}."
    return Fact("bio", 60, sents, point, qs)


def pets(who, count, colour, animal, pronoun):
    en, fr, de = names(who, pronoun)
    n, (_, pl, _, fpl, fg, _, dpl, _) = who.name, animal
    eno, fro, deo = (f"{count[0]} {colour[0]} {pl}", f"{count[1]} {fpl} {fr_colour(colour, fg, True)}",
                     f"{count[2]} {colour[5]}e {dpl}")
    return Fact("pets", 45, [(f"{en} has {eno}.", f"{fr} a {fro}.", f"{de} hat {deo}."),
                             (f"At home {en if not pronoun else en.lower()} has {eno}.",
                              f"À la maison, {fr if not pronoun else fr.lower()} a {fro}.",
                              f"Zu Hause hat {de if not pronoun else de.lower()} {deo}.")],
                f"{n} has {eno}.",
                [([f"How many {pl} does {n} have?"], upper(count[0]) + "."),
                 ([f"What animals does {n} have?"], upper(eno) + "."),
                 ([f"What colour are the {pl}?"], upper(colour[0]) + ".")])


def trip(who, day, vehicle, town, friend, pronoun):
    en, fr, de = names(who, pronoun)
    low = (lambda s: s.lower()) if pronoun else (lambda s: s)
    n, e = who.name, who.pick("", "e")
    w = (f" with {friend.name}", f" avec {friend.name}", f" mit {friend.name}") if friend else ("", "", "")
    sents = [(f"On {day[0]}, {low(en)} went to {town} {vehicle[0]}{w[0]}.",
              f"{upper(day[1])}, {low(fr)} est allé{e} à {town} {vehicle[1]}{w[1]}.",
              f"Am {day[2]} fuhr {low(de)}{w[2]} {vehicle[2]} nach {town}."),
             (f"{en} travelled to {town} {vehicle[0]} on {day[0]}{w[0]}.",
              f"{fr} est parti{e} pour {town} {vehicle[1]} {day[1]}{w[1]}.",
              f"{de} reiste am {day[2]}{w[2]} {vehicle[2]} nach {town}.")]
    qs = [([f"Where did {n} go?", f"Where did {n} travel?"], f"To {town}."),
          ([f"When did {n} go to {town}?", f"On which day did {n} go to {town}?"], f"On {day[0]}."),
          ([f"How did {n} go to {town}?", f"How did {n} travel to {town}?"], upper(vehicle[0]) + ".")]
    if friend:
        qs.append(([f"Who went with {n}?", f"With whom did {n} go to {town}?"], friend.name + "."))
    return Fact("trip", 100, sents, f"{n} went to {town} {vehicle[0]} on {day[0]}{w[0]}.", qs)


def why(who, wish, pronoun):
    en, fr, de = names(who, pronoun)
    n = who.name
    return Fact("why", 55, [(f"{en} went there because {who.pick('he', 'she')} wanted to {wish[0]}.",
                             f"{fr} y est allé{who.pick('', 'e')} parce qu'{who.pick('il', 'elle')} voulait {wish[1]}.",
                             f"{de} fuhr dorthin, weil {who.pick('er', 'sie')} {wish[2]} wollte."),
                            (f"{en} wanted to {wish[0]}.", f"{fr} voulait {wish[1]}.", f"{de} wollte {wish[2]}.")],
                f"{n} wanted to {wish[0]}.",
                [([f"Why did {n} go there?", f"Why did {n} make the trip?"],
                  f"Because {who.pick('he', 'she')} wanted to {wish[0]}.")])


def weather(w):
    return Fact("weather", 10, [(f"It was {w[0]} that day.", f"{upper(w[1])} ce jour-là.", f"Es war {w[2]} an diesem Tag."),
                                (f"That day it was {w[0]}.", f"Ce jour-là, {w[1]}.", f"An diesem Tag war es {w[2]}."),
                                (f"In the morning it was {w[0]}.", f"Le matin, {w[1]}.", f"Am Morgen war es {w[2]}.")],
                f"It was {w[0]}.", [(["What was the weather like?", "How was the weather?"], f"It was {w[0]}.")])


def buy(who, count, goods, shop, price, pronoun):
    en, fr, de = names(who, pronoun)
    low = (lambda s: s.lower()) if pronoun else (lambda s: s)
    n, c, g = who.name, count, goods
    return Fact("buy", 90, [(f"{en} bought {c[0]} {g[0]} {shop[0]} for {price} euros.",
                             f"{fr} a acheté {c[1]} {g[1]} {shop[1]} pour {price} euros.",
                             f"{de} kaufte {shop[2]} {c[2]} {g[2]} für {price} Euro."),
                            (f"{upper(shop[0])} {low(en)} bought {c[0]} {g[0]} for {price} euros.",
                             f"{upper(shop[1])}, {low(fr)} a acheté {c[1]} {g[1]} pour {price} euros.",
                             f"{upper(shop[2])} kaufte {low(de)} {c[2]} {g[2]} für {price} Euro.")],
                f"{n} bought {c[0]} {g[0]} {shop[0]} for {price} euros.",
                [([f"How many {g[0]} did {n} buy?"], upper(c[0]) + "."),
                 ([f"What did {n} buy?"], f"{upper(c[0])} {g[0]}."),
                 ([f"How much did the {g[0]} cost?", f"What did {n} pay for the {g[0]}?"], f"{price} euros."),
                 ([f"Where did {n} buy the {g[0]}?"], upper(shop[0]) + ".")],
                f"bought {c[0]} {g[0]}", f"buys {c[0]} {g[0]}")


def find(who, colour, thing, place, pronoun):
    en, fr, de = names(who, pronoun)
    n, (sg, _, fsg, _, fg, dsg, _, dg) = who.name, thing
    eno = a(f"{colour[0]} {sg}")
    fro, deo = f"{fr_a(fsg, fg)} {fr_colour(colour, fg)}", de_a(colour[5], dsg, dg, "acc")
    return Fact("find", 80, [(f"{en} found {eno} {place[0]}.", f"{fr} a trouvé {fro} {place[1]}.",
                              f"{de} fand {place[2]} {deo}."),
                             (f"{upper(place[0])} {en.lower() if pronoun else en} found {eno}.",
                              f"{upper(place[1])}, {fr.lower() if pronoun else fr} a trouvé {fro}.",
                              f"{upper(place[2])} fand {de.lower() if pronoun else de} {deo}.")],
                f"{n} found {eno} {place[0]}.",
                [([f"What did {n} find?"], upper(eno) + "."),
                 ([f"Where did {n} find the {sg}?", f"Where was the {sg}?"], upper(place[0]) + "."),
                 ([f"What colour was the {sg}?"], upper(colour[0]) + ".")],
                f"found {eno}", f"finds {eno}")


def meet(who, other, job, pronoun):
    en, fr, de = names(who, pronoun)
    n, o = who.name, other.name
    fj, dj = job[other.pick(1, 2)], job[other.pick(3, 4)]
    der = other.pick("einen", "eine")
    # Two of the jobs are weak nouns in German and have a different accusative.
    dj = {"Bauer": "Bauern", "Pilot": "Piloten"}.get(dj, dj)
    return Fact("meet", 70, [(f"{en} met {o}, {a(job[0])}.",
                              f"{fr} a rencontré {o}, {other.pick('un', 'une')} {fj}.", f"{de} traf {o}, {der} {dj}."),
                             (f"There {en.lower() if pronoun else en} met {o}, {a(job[0])}.",
                              f"Là-bas, {fr.lower() if pronoun else fr} a rencontré {o}, {other.pick('un', 'une')} {fj}.",
                              f"Dort traf {de.lower() if pronoun else de} {o}, {der} {dj}.")],
                f"{n} met {o}, {a(job[0])}.",
                [([f"Who did {n} meet?", f"Whom did {n} meet?"], f"{o}."),
                 ([f"What is {o}'s job?", f"What does {o} do?"], upper(a(job[0])) + ".")],
                f"met {o}", f"meets {o}")


def home(who, hour, pronoun):
    en, fr, de = names(who, pronoun)
    n, e = who.name, who.pick("", "e")
    return Fact("home", 30, [(f"{en} came home at {hour} o'clock.", f"{fr} est rentré{e} à {hour} heures.",
                              f"{de} kam um {hour} Uhr nach Hause."),
                             (f"At {hour} o'clock {en.lower() if pronoun else en} was home again.",
                              f"À {hour} heures, {fr.lower() if pronoun else fr} était de retour à la maison.",
                              f"Um {hour} Uhr war {de.lower() if pronoun else de} wieder zu Hause.")],
                f"{n} came home at {hour} o'clock.",
                [([f"When did {n} come home?", f"At what time did {n} come home?"], f"At {hour} o'clock.")])


def feel(who, f, pronoun):
    en, fr, de = names(who, pronoun)
    low = (lambda s: s.lower()) if pronoun else (lambda s: s)
    ff = f[who.pick(1, 2)]
    return Fact("feel", 40, [(f"In the evening {low(en)} was {f[0]}.", f"Le soir, {low(fr)} était {ff}.",
                              f"Am Abend war {low(de)} {f[3]}."),
                             (f"{en} was very {f[0]}.", f"{fr} était très {ff}.", f"{de} war sehr {f[3]}.")],
                f"{who.name} was {f[0]}.", [([f"How did {who.name} feel?"], upper(f[0]) + ".")])


def plan(who, wish, pronoun):
    en, fr, de = names(who, pronoun)
    low = (lambda s: s.lower()) if pronoun else (lambda s: s)
    return Fact("plan", 20, [(f"Next week {low(en)} wants to {wish[0]}.", f"La semaine prochaine, {low(fr)} veut {wish[1]}.",
                              f"Nächste Woche will {low(de)} {wish[2]}.")],
                f"{who.name} wants to {wish[0]} next week.",
                [([f"What does {who.name} want to do next week?"], upper(wish[0]) + ".")])


def opening(house, day, town):
    en, fr, fg, de, dg = house
    new = {"m": "Un nouveau", "f": "Une nouvelle"}[fg]
    return Fact("opening", 100, [(f"A new {en} opened in {town} on {day[0]}.", f"{new} {fr} a ouvert à {town} {day[1]}.",
                                  f"{upper(de_a('neu', de, dg, 'nom'))} hat am {day[2]} in {town} eröffnet."),
                                 (f"On {day[0]}, a new {en} opened in {town}.",
                                  f"{upper(day[1])}, {new.lower()} {fr} a ouvert à {town}.",
                                  f"Am {day[2]} hat in {town} {de_a('neu', de, dg, 'nom')} eröffnet.")],
                f"A new {en} opened in {town} on {day[0]}.",
                [([f"What opened in {town}?", f"What is new in {town}?"], f"A new {en}."),
                 ([f"Where is the {en}?", f"Where did the {en} open?"], f"In {town}."),
                 ([f"When did the {en} open?", f"On which day did the {en} open?"], f"On {day[0]}.")])


def boss(house, who, job):
    en, fr, fg, de, dg = house
    fj, dj = job[who.pick(1, 2)], job[who.pick(3, 4)]
    n, dthe = who.name, DE_THE["acc"][dg]
    return Fact("boss", 85, [(f"{n}, {a(job[0])}, runs the {en}.", f"{n}, {who.pick('un', 'une')} {fj}, dirige {fr_the(fr, fg)}.",
                              f"{n}, {who.pick('ein', 'eine')} {dj}, leitet {dthe} {de}."),
                             (f"The head of the {en} is {n}, {a(job[0])}.",
                              f"À la tête {'du' if fg == 'm' else 'de la'} {fr}, il y a {n}, {who.pick('un', 'une')} {fj}.",
                              f"{who.pick('Chef', 'Chefin')} {genitive(de, dg)} ist {n}, {who.pick('ein', 'eine')} {dj}.")],
                f"{n}, {a(job[0])}, runs the {en}.",
                [([f"Who runs the {en}?", f"Who is the head of the {en}?"], f"{n}."),
                 ([f"What is {n}'s job?", f"What does {n} do?"], upper(a(job[0])) + ".")],
                f"is run by {n}", "")


def genitive(noun, gender):
    """Returns the German genitive of a house with its article: -s for masculine and neuter."""
    return "der " + noun if gender == "f" else "des " + noun + "s"


def hours(house, start, end):
    en, fr, fg, de, dg = house
    return Fact("hours", 50, [(f"The {en} is open from {start} to {end} o'clock.",
                               f"{upper(fr_the(fr, fg))} est ouvert{'e' if fg == 'f' else ''} de {start} à {end} heures.",
                               f"{upper(DE_THE['nom'][dg])} {de} ist von {start} bis {end} Uhr geöffnet.")],
                f"The {en} is open from {start} to {end} o'clock.",
                [([f"When is the {en} open?", f"What are the opening hours of the {en}?"], f"From {start} to {end} o'clock.")])


def ticket(price):
    return Fact("ticket", 70, [(f"A ticket costs {price} euros.", f"Un billet coûte {price} euros.",
                                f"Eine Karte kostet {price} Euro."),
                               (f"Visitors pay {price} euros.", f"Les visiteurs paient {price} euros.",
                                f"Besucher zahlen {price} Euro.")],
                f"A ticket costs {price} euros.", [(["How much is a ticket?", "How much does a ticket cost?"], f"{price} euros.")])


def crowd(number):
    return Fact("crowd", 60, [(f"On the first day {number} people came.", f"Le premier jour, {number} personnes sont venues.",
                               f"Am ersten Tag kamen {number} Menschen."),
                              (f"{number} people came to the opening.", f"{number} personnes sont venues à l'ouverture.",
                               f"{number} Menschen kamen zur Eröffnung.")],
                f"{number} people came on the first day.", [(["How many people came?"], f"{number} people.")])


def first(who):
    n = who.name
    return Fact("first", 30, [(f"{n} was the first visitor.",
                               f"{n} a été {who.pick('le premier visiteur', 'la première visiteuse')}.",
                               f"{n} war {who.pick('der erste Besucher', 'die erste Besucherin')}.")],
                f"{n} was the first visitor.", [(["Who was the first visitor?", "Who came first?"], f"{n}.")])


def benches(house, count):
    en, fr, fg, de, dg = house
    return Fact("benches", 20, [(f"The {en} has {count[0]} benches.", f"{upper(fr_the(fr, fg))} a {count[1]} bancs.",
                                 f"{upper(DE_THE['nom'][dg])} {de} hat {count[2]} Bänke.")],
                f"The {en} has {count[0]} benches.", [([f"How many benches does the {en} have?"], f"{upper(count[0])}.")])


def small(house, town):
    en, fr, fg, de, dg = house
    new, old = {"m": ("un nouveau", "l'ancien était trop petit"), "f": ("une nouvelle", "l'ancienne était trop petite")}[fg]
    return Fact("small", 40, [(f"{town} needed a new {en} because the old one was too small.",
                               f"{town} avait besoin d'{new} {fr} parce que {old}.",
                               f"{town} brauchte {de_a('neu', de, dg, 'acc')}, weil {DE_THE['nom'][dg]} alte zu klein war.")],
                f"The old {en} was too small.",
                [([f"Why did {town} need it?", f"Why did {town} need a new {en}?"],
                  "Because the old one was too small.")])


def escape(colour, animal, town, day):
    sg, _, fsg, _, fg, dsg, _, dg = animal
    fro, deo = f"{fr_a(fsg, fg)} {fr_colour(colour, fg)}", de_a(colour[5], dsg, dg, "nom")
    return Fact("escape", 100, [(f"On {day[0]}, a {colour[0]} {sg} ran away from a farm in {town}.",
                                 f"{upper(day[1])}, {fro} s'est {'enfui' if fg == 'm' else 'enfuie'} d'une ferme à {town}.",
                                 f"Am {day[2]} ist {deo} von einem Bauernhof in {town} weggelaufen."),
                                (f"A {colour[0]} {sg} ran away from a farm in {town} on {day[0]}.",
                                 f"{upper(fro)} s'est {'enfui' if fg == 'm' else 'enfuie'} d'une ferme à {town} {day[1]}.",
                                 f"{upper(deo)} ist am {day[2]} von einem Bauernhof in {town} weggelaufen.")],
                f"A {colour[0]} {sg} ran away in {town} on {day[0]}.",
                [([f"When did the {sg} run away?", f"On which day did the {sg} run away?"], f"On {day[0]}."),
                 ([f"What colour is the {sg}?"], upper(colour[0]) + "."),
                 (["Which animal ran away?", "What ran away?"], f"A {colour[0]} {sg}."),
                 (["Where is the farm?"], f"In {town}.")])


def owner(animal, who):
    sg, _, fsg, _, fg, dsg, _, dg = animal
    return Fact("owner", 60, [(f"The {sg} belongs to {who.name}.", f"{upper(fr_the(fsg, fg))} appartient à {who.name}.",
                               f"{upper(DE_THE['nom'][dg])} {dsg} gehört {who.name}.")],
                f"The {sg} belongs to {who.name}.",
                [([f"Whose {sg} is it?", f"Who is the owner of the {sg}?"], f"{who.name}.")])


def called(animal, pet):
    sg, _, fsg, _, fg, dsg, _, dg = animal
    return Fact("called", 50, [(f"The {sg} is called {pet}.", f"{upper(fr_the(fsg, fg))} s'appelle {pet}.",
                                f"{upper(DE_THE['nom'][dg])} {dsg} heißt {pet}.")],
                f"The {sg} is called {pet}.",
                [([f"What is the name of the {sg}?", f"What is the {sg} called?"], f"{pet}.")])


def que(clause):
    """Returns the clause with que, or with qu' before a vowel."""
    return ("qu'" if clause[0] in "iu" else "que ") + clause


def cause(animal, c):
    sg, _, fsg, _, fg, dsg, _, dg = animal
    return Fact("cause", 70, [(f"The {sg} ran away because {c[0]}.",
                               f"{upper(fr_the(fsg, fg))} s'est {'enfui' if fg == 'm' else 'enfuie'} parce {que(c[1])}.",
                               f"{upper(DE_THE['nom'][dg])} {dsg} lief weg, weil {c[2]}.")],
                f"The {sg} ran away because {c[0]}.",
                [([f"Why did the {sg} run away?"], f"Because {c[0]}.")])


def search(animal, number):
    sg, _, fsg, _, fg, dsg, _, dg = animal
    return Fact("search", 40, [(f"{number} people looked for the {sg}.", f"{number} personnes ont cherché {fr_the(fsg, fg)}.",
                                f"{number} Menschen suchten {DE_THE['acc'][dg]} {dsg}.")],
                f"{number} people looked for the {sg}.",
                [([f"How many people looked for the {sg}?"], f"{number} people.")])


def found(animal, who, place, hour):
    sg, _, fsg, _, fg, dsg, _, dg = animal
    n = who.name
    return Fact("found", 90, [(f"{n} found the {sg} {place[0]} at {hour} o'clock.",
                               f"{n} a trouvé {fr_the(fsg, fg)} {place[1]} à {hour} heures.",
                               f"{n} fand {DE_THE['acc'][dg]} {dsg} um {hour} Uhr {place[2]}."),
                              (f"At {hour} o'clock {n} found the {sg} {place[0]}.",
                               f"À {hour} heures, {n} a trouvé {fr_the(fsg, fg)} {place[1]}.",
                               f"Um {hour} Uhr fand {n} {DE_THE['acc'][dg]} {dsg} {place[2]}.")],
                f"{n} found the {sg} {place[0]} at {hour} o'clock.",
                [([f"Who found the {sg}?"], f"{n}."), ([f"Where was the {sg}?", f"Where did {n} find the {sg}?"], upper(place[0]) + "."),
                 ([f"When did {n} find the {sg}?", f"At what time was the {sg} found?"], f"At {hour} o'clock.")],
                f"was found by {n}", "")


def reward(giver, taker, price):
    return Fact("reward", 55, [(f"{giver.name} gave {taker.name} {price} euros.",
                                f"{giver.name} a donné {price} euros à {taker.name}.",
                                f"{giver.name} gab {taker.name} {price} Euro.")],
                f"{giver.name} gave {taker.name} {price} euros.",
                [([f"How much did {giver.name} give {taker.name}?", f"What did {taker.name} get?"], f"{price} euros.")])
