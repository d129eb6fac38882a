import type { WordTiers } from './tiers.ts';

/** German words which say little about a topic, in the tokenizer's spelling: no umlauts, ss for the sharp s. */
export const german: WordTiers = {
  function: `
    der das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines ich mich mir
    du dich dir er ihn ihm sie ihr ihre ihren ihrem ihrer ihres es wir uns unser unsere unseren euch euer eure
    mein meine meinen meinem meiner meines dein deine deinen sein seine seinen seinem seiner seines sich man
    wer wen wem wessen was wann wo wohin woher warum wieso weshalb wie welche welcher welches welchen welchem
    wofur womit wodurch wovon woran worauf woraus wozu und oder aber sondern denn weil dass ob wenn als
    wahrend bevor nachdem damit sodass obwohl falls sowie sowohl weder noch nicht nichts nur auch schon sehr
    mehr viel viele vielen vieler wenig wenige alle allem allen aller alles andere anderen anderer anderes
    jede jeder jedes jedem jeden diese dieser dieses diesem diesen jene jener etwas jemand niemand einige
    einigen mancher manche solche solcher selbst ist bin bist sind seid waren gewesen sei ware haben habe
    hatte hatten gehabt wird werden wurde wurden worden geworden wirst kann kannst konnen konnte konnten muss
    mussen musste mussten soll sollen sollte sollten darf durfen durfte will wollen wollte wollten mag mogen
    mochte mochten lasst lassen an auf aus bei beim bis durch fur gegen hinter im in ins ohne seit
    trotz um uber unter vom von vor wegen zu zum zur zwischen nach neben mit ab zwar doch eben immer nie
    niemals oft manchmal hier dort da dann so also jedoch dabei dafur dagegen daher dadurch danach daran
    darauf daraus darum davon dazu ja nein bitte wieder bereits ganz gar etwa eher sonst ubrigens nun jetzt
    je mal kurz uberhaupt eigentlich tun tut zb bzw usw`,
  framing: `
    bedeutet bedeutung heisst heissen nennt genannt gibt geben gab funktioniert funktionieren macht machen
    machte gemacht geht gehen ging kommt kommen kam entsteht entstehen entstand entstanden passiert geschieht
    hilft helfen verursacht verursachen braucht brauchen brauche benotigt nutzt nutzen verwendet verwenden
    benutzt findet finden gefunden unterschied unterschiede beste besten besser gut gute guten guter gutes
    schlecht neu neue neuen neuer neues alt alte alten gross grosse grossen grosser klein kleine kleinen lang
    lange langen hoch hohe hohen richtig wichtig wichtige wichtigsten wichtigste moglich moglichkeiten
    beispiel beispiele aufgabe aufgaben art arten grund grunde vorteile nachteile tipps anleitung ursache
    ursachen folge folgen wirkt wirkung zweck rolle frage fragen antwort erklaren erklart definition besteht
    bestehen steht stehen liegt liegen gehort gehoren erste ersten erster zwei drei vier funf sechs sieben
    acht neun zehn letzte letzten schnell langsam einfach schwer leicht genau meist meisten meistens haufig
    beginnt beginnen begann stellt stellen bleibt bleiben sieht sehen fuhrt fuhren nimmt nehmen darin hangt
    weniger genug teil teile ende anfang`,
  common: `
    mensch menschen mann manner frau frauen kind kinder zeit zeiten jahr jahre jahren jahrhundert tag tage
    tagen woche wochen monat monate monaten stunde stunden minute minuten welt land lander stadt stadte haus
    hauser ort orte leben lebt wasser luft essen korper kopf hand hande auge augen wort worter buch bucher
    geschichte zahl zahlen gruppe firma unternehmen geld preis preise kosten kostet euro problem probleme
    programm punkt fall falle seite seiten auto autos schule schuler arbeit arbeiten familie freund freunde
    nacht morgen abend sommer winter fruhling herbst spat offen frei voll jung junge weiss weisse schwarz rot
    rote grun blau andern anderung andert spielt spielen liest lesen schreibt schreiben geschrieben kauft
    kaufen baut bauen gebaut gebaute lernt lernen wachst wachsen bildet bilden gebildet enthalt enthalten
    schutzen schutzt sorgt sorgen million millionen prozent heute gestern sagt sagen gesagt denkt denken
    fragt tragt tragen halt halten gehalten wartet warten offnet schliesst zeigt zeigen bringt bringen lauft
    laufen beruhmt bekannt bekannte namen name`,
};
