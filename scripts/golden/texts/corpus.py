"""The text that the tiny vocabularies are learnt from. Written for this purpose; any text would do."""

ENGLISH = """
The giant panda lives in the mountains of central China and eats almost nothing but bamboo.
The red panda is smaller, climbs trees and is not a bear at all.
A search engine first finds many documents and a reranker then puts the best ones in front.
How does a cross-encoder score a query and a document? It reads both texts together.
What is the capital of France? Paris is the capital and the largest city of France.
The river flows slowly through the old town, past the mill and under three stone bridges.
Water boils at one hundred degrees when the pressure is one atmosphere.
She opened the window, listened to the rain and began to write a long letter.
Bread is made of flour, water, salt and yeast; the dough has to rest before it is baked.
The train to the coast leaves at seven in the morning and returns late at night.
Engineers measure how long a request waits, how long it runs and how often it fails.
A cache keeps what was asked for lately, so that it need not be computed again.
Every model has a limit: what is longer than the limit is cut off at the end.
The museum shows paintings, drawings and photographs of the last two hundred years.
Is it possible to repair a bicycle chain without any special tools?
Most birds build their nests in spring, when there is enough food for the young.
The teacher explained why the moon has phases and why the tides follow the moon.
In winter the lake freezes, and the people of the village skate from shore to shore.
"""

GERMAN = """
Der große Panda lebt in den Bergen und frisst fast nur Bambus.
Die Straße führt über die Brücke und durch das Dorf bis zum Fluss.
Wie funktioniert eine Suchmaschine? Sie findet zuerst viele Dokumente und ordnet sie danach.
Für das Brot braucht man Mehl, Wasser, Salz und Hefe; der Teig muss lange ruhen.
Äpfel, Öl und Übung: mit etwas Geduld gelingt der Kuchen auch beim ersten Mal.
"""

FRENCH = """
Le café est servi à la fenêtre, où l'on voit la rivière et les vieux ponts de la ville.
Où se trouve la gare ? À côté du musée, derrière le marché couvert.
"""

CHINESE = """
大熊猫生活在中国中部的山里，主要吃竹子。
北京是中国的首都，上海是最大的城市。
搜索引擎先找到很多文档，然后把最好的文档排在前面。
今天天气很好，我们一起去公园看花。
水在一百度的时候会开。
请问去火车站怎么走？先一直走，再向左走。
"""

JAPANESE = """
パンダは中国の山に住んでいて、竹をたくさん食べます。
東京は日本の首都です。とても大きい町です。
これはどこの国の本ですか。日本の本です。
毎日、朝ごはんを食べてから学校へ行きます。
"""

RUSSIAN = """
Большая панда живёт в горах и ест почти только бамбук.
Москва является столицей России, самым большим городом страны.
Поезд отправляется утром и возвращается поздно вечером.
"""

ARABIC = """
يعيش الباندا في الجبال ويأكل الخيزران كل يوم.
القاهرة هي عاصمة مصر وأكبر مدينة فيها.
الكتاب على الطاولة والولد في المدرسة.
"""

CODE = """
def score(query: str, document: str) -> float: return model(query, document)[0]
for (const item of list) { if (item.id === 0) continue; total += item.value * 2; }
SELECT name, count(*) FROM users WHERE age >= 18 GROUP BY name ORDER BY 2 DESC;
git commit -m "fix: off-by-one in the window" && npm test
import numpy as np; x = np.zeros((3, 4)); print(x.shape)
<div class="row"><p>Hello, world!</p></div> {"key": [1, 2.5, null, true]}
"""

SYMBOLS = """
😀 😂 🎉 🐼 🚀 ❤️ 👍 👩 👨 👧 ✅ ☕ 5 € 10 $ 20 % 3 + 4 = 7 § 12 & 99 # 1 @ home * a | b ~ c ^ d
0 1 2 3 4 5 6 7 8 9 2024 1999 3.14 1,000,000 12:30 A B C D E F G H I J K L M N O P Q R S T U V W X Y Z
"""

BY_LANGUAGE = (ENGLISH, GERMAN, FRENCH, CHINESE, JAPANESE, RUSSIAN, ARABIC, CODE, SYMBOLS)

LINES: tuple[str, ...] = tuple(line for text in BY_LANGUAGE for line in text.strip().splitlines())
