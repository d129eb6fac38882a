import type { WordTiers } from './tiers.ts';

/** French words which say little about a topic, in the tokenizer's spelling: no accents, elisions split off. */
export const french: WordTiers = {
  function: `
    le la les l un une d du de des au aux ce cet cette ces c ca cela ceci celui celle ceux celles je j me m moi
    tu te toi il elle on nous vous ils elles eux lui leur leurs se soi mon ma mes ton ta tes notre nos
    votre vos sa ses qui que qu quoi dont ou ouh quand comment pourquoi combien quel quelle quels quelles
    lequel laquelle lesquels lesquelles et ni ne n pas mais donc or si puisque parce lorsque lorsqu tandis
    alors comme ainsi afin aussi tres trop peu plus moins beaucoup tout toute toutes tous autre autres meme
    memes chaque plusieurs quelque quelques aucun aucune rien personne certains certaines tel telle est suis
    es sommes etes sont etait etaient etre ete sera seront serait soit ai as avons avez ont avait avaient
    avoir eu aura auront peut peuvent peux pouvez pouvoir pourrait doit doivent devoir dois faut fallait veut
    veulent vouloir va vont vais aller dans en sur sous par pour avec sans entre vers chez contre depuis
    pendant avant apres jusque jusqu devant derriere selon malgre des lors hors y ici la-bas deja encore
    toujours jamais souvent parfois bien mal oui non puis ensuite enfin surtout seulement environ ailleurs
    cependant pourtant toutefois grace aujourd hui`,
  framing: `
    fait fais faire font faites faite signifie signifient veut appelle appelee appele nomme dire dit fonctionne
    fonctionnent fonctionner sert servent servir utilise utilisent utiliser utilisation mettre met mettent
    prend prendre prennent donne donner donnent trouve trouver trouvent trouvait vient venir viennent passe
    passer devient devenir permet permettent permettre besoin existe existent utile utiles difference
    differences meilleur meilleure meilleurs meilleures bon bonne bons bonnes mauvais nouveau nouvelle
    nouveaux nouvelles vieux grand grande grands grandes petit petite petits petites long longue longs haut
    haute bas important importante importants importantes possible exemple exemples sorte sortes type types
    facon facons maniere raison raisons cause causes causee causent effet effets role but avantages
    inconvenients conseils etapes question questions reponse expliquer explique definition premier premiere
    premiers deux trois quatre cinq six sept huit neuf dix dernier derniere derniers vite facile facilement
    simple rapidement principal principale principaux principales commence commencer debut fin savoir sait
    connait connaitre aide aider reste rester rend rendre partie parties assez aupres egalement`,
  common: `
    gens personnes homme hommes femme femmes enfant enfants temps an ans annee annees jour jours semaine
    semaines mois heure heures minute minutes siecle monde pays ville villes maison maisons lieu endroit vie
    vivre vit vivent eau air corps tete main mains oeil yeux mot mots livre livres histoire nombre groupe entreprise
    entreprises argent prix cout coute euros probleme probleme problemes programme point points cas cote
    voiture voitures ecole eleve eleves travail travailler famille ami amis nuit matin soir ete hiver
    printemps automne ouvert ouverte libre plein jeune jeunes blanc blanche noir noire rouge rouges vert verte
    bleu bleue changer change jouer joue lire lit ecrire ecrit achete acheter vendre construire construit
    apprendre grandir manger mange contient contiennent forme forment former produit produire produisent
    proteger protege million millions hier aime aimer parle parler
    pense penser voit voir tombe tourne suit suivre arrive arriver attend ecoute ouvre fermer compte porte`,
};
