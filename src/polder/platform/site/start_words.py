"""What a new site says in its comments, in several languages."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "site": "Who you are, and how to reach the engine. “polder check” tells what is wrong; “polder plan” what would change.",
        "domain": "Your own domain. Names in .test and .internal get certificates from your own authority.",
        "engine": "local, unix:///path, ssh://user@host, tcp://host:2376 or context:NAME",
        "operators": "Who may read the secrets. “polder key new” makes a key; “polder operator add NAME age1...” adds it here.",
        "policy": "How many old secrets and configurations stay, and what a recipe may ask beyond the ordinary:\n"
        "allow: {some-recipe: [ports]}",
        "hosts": "The machines. “local” is the engine's own; every other one has its IP address here.",
        "group": "One file for each group you serve; the file's name is the group's short name.",
        "content": "A folder of this site, put on the web as it is.",
        "more": "More apps: “polder recipe list” shows what there is, “polder app add” writes it here. For example:",
        "forget": "Data of removed apps is kept. Only what is named here is destroyed by the next apply:",
        "ignored": "Made anew by “polder schema --write”, and what must never be in a history",
        "union": "Journals only grow: two people's lines can stand side by side",
        "page": "This page comes from a folder. Change it, then run “polder apply”.",
        "readme": "# {name}\n\nThis folder says what runs for {name}: machines in `hosts.yml`, one file for each group in"
        " `groups/`,\nencrypted secrets in `secrets/`. Polder reads it.\n\n"
        "    polder check     # is everything right?\n    polder plan      # what would change?\n"
        "    polder apply     # do it\n\nThe first app is the website in `content/{group}/`.\n",
    },
    "fr": {
        "site": "Qui vous êtes, et comment joindre le moteur. « polder check » dit ce qui ne va pas ; « polder plan », ce qui\n"
        "changerait.",
        "domain": "Votre propre domaine. Les noms en .test et .internal reçoivent les certificats de votre propre autorité.",
        "engine": "local, unix:///chemin, ssh://personne@machine, tcp://machine:2376 ou context:NOM",
        "operators": "Qui peut lire les secrets. « polder key new » crée une clé ; « polder operator add NOM age1... »\n"
        "l'ajoute ici.",
        "policy": "Combien d'anciens secrets et configurations garder, et ce qu'une recette peut demander en plus :\n"
        "allow: {une-recette: [ports]}",
        "hosts": "Les machines. « local » est celle du moteur ; chaque autre a ici son adresse IP.",
        "group": "Un fichier par groupe que vous servez ; le nom du fichier est le nom court du groupe.",
        "content": "Un dossier de ce site, mis sur le web tel quel.",
        "more": "D'autres applications : « polder recipe list » montre ce qui existe,\n"
        "« polder app add » l'écrit ici. Par exemple :",
        "forget": "Les données des applications retirées sont gardées. Seul ce qui est nommé ici est détruit au prochain apply :",
        "ignored": "Refait par « polder schema --write », et ce qui ne doit jamais entrer dans un historique",
        "union": "Les journaux ne font que grandir : les lignes de deux personnes peuvent se côtoyer",
        "page": "Cette page vient d'un dossier. Changez-la, puis lancez « polder apply ».",
        "readme": "# {name}\n\nCe dossier dit ce qui tourne pour {name} : les machines dans `hosts.yml`, un fichier par groupe"
        " dans `groups/`,\nles secrets chiffrés dans `secrets/`. Polder le lit.\n\n"
        "    polder check     # tout est-il juste ?\n    polder plan      # qu'est-ce qui changerait ?\n"
        "    polder apply     # le faire\n\nLa première application est le site web dans `content/{group}/`.\n",
    },
    "es": {
        "site": "Quiénes sois y cómo llegar al motor. «polder check» dice qué está mal; «polder plan», qué cambiaría.",
        "domain": "Vuestro propio dominio. Los nombres en .test y .internal reciben certificados de vuestra propia autoridad.",
        "engine": "local, unix:///ruta, ssh://persona@maquina, tcp://maquina:2376 o context:NOMBRE",
        "operators": "Quién puede leer los secretos. «polder key new» crea una clave;\n"
        "«polder operator add NOMBRE age1...» la añade.",
        "policy": "Cuántos secretos y configuraciones antiguos se guardan, y qué puede pedir una receta además de lo normal:\n"
        "allow: {una-receta: [ports]}",
        "hosts": "Las máquinas. «local» es la del motor; cada una de las demás tiene aquí su dirección IP.",
        "group": "Un archivo por cada grupo al que servís; el nombre del archivo es el nombre corto del grupo.",
        "content": "Una carpeta de este sitio, puesta en la web tal cual.",
        "more": "Más aplicaciones: «polder recipe list» muestra las que hay, «polder app add» la escribe aquí. Por ejemplo:",
        "forget": "Los datos de las aplicaciones retiradas se guardan. Solo lo nombrado aquí se destruye en el próximo apply:",
        "ignored": "Lo rehace «polder schema --write», y lo que nunca debe entrar en un historial",
        "union": "Los diarios solo crecen: las líneas de dos personas pueden ir una tras otra",
        "page": "Esta página sale de una carpeta. Cámbiala y ejecuta «polder apply».",
        "readme": "# {name}\n\nEsta carpeta dice qué funciona para {name}: las máquinas en `hosts.yml`, un archivo por grupo en"
        " `groups/`,\nlos secretos cifrados en `secrets/`. La lee Polder.\n\n"
        "    polder check     # ¿está todo bien?\n    polder plan      # ¿qué cambiaría?\n"
        "    polder apply     # hacerlo\n\nLa primera aplicación es el sitio web en `content/{group}/`.\n",
    },
}
