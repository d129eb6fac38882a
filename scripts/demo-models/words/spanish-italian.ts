import type { WordTiers } from './tiers.ts';

/** The commonest Spanish and Italian words, without accents. */
export const spanishItalian: WordTiers = {
  function: `
    el los las lo una unos unas del al y o u e ni que quien quienes cual cuales cuando donde como porque
    cuanto cuanta cuantos cuantas no si con sin por para en entre hacia hasta desde sobre bajo ante
    segun tras durante mediante yo tu el ella nosotros ellos ellas usted ustedes mi mis su sus nuestro nuestra
    este esta estos estas ese esa esos esas eso esto aquel aquella se le les nos soy eres es somos son era
    eran fue fueron ser sido siendo estar estan estaba ha han habia hay haber he muy mas menos mucho muchos
    mucha muchas poco todo toda todos todas otro otra otros otras pero aunque tambien ya aun asi puede pueden
    poder debe deben tiene tienen tener
    il gli i di da a dal dalla dalle dai dei degli delle della dello nel nella nei nelle sul sulla sui sulle
    al alla alle ai agli con su per tra fra che chi cosa come quando dove perche quale quali quanto quanta
    quanti quante sono sei siamo sia era erano essere stato stata stati ha hanno avere aveva non piu meno
    molto molti molta tutto tutti tutta anche ma se ed uno una questo questa questi queste quello quella quelli
    ci vi si mi lui lei loro noi voi suo sua suoi sue nostro puo possono deve devono viene vengono`,
  framing: `
    significa llama funciona funcionan sirve hace hacer hacen hecho diferencia diferencias mejor mejores gran
    grande grandes pequeno importante ejemplo causa causas tipo tipos parte forma manera primero primera dos
    tres cuatro cinco nuevo nueva
    significa chiama serve fa fare fanno fatto differenza differenze migliore migliori piccolo funzionano
    funziona esempio primo prima due tre quattro cinque nuovo nuova modo`,
  common: `
    persona personas hombre mujer tiempo ano anos dia dias mundo pais ciudad casa vida agua aire cuerpo mano
    dinero precio trabajo noche
    persone uomo donna tempo anno anni giorno giorni mondo paese citta vita acqua aria corpo denaro
    prezzo lavoro notte`,
};
