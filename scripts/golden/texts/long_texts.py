"""Texts that are longer than the limits of the pairs."""

ENGLISH_STORY = (
    "The old teacher opened the window and listened to the rain. In the town below, people crossed the three stone "
    "bridges with bread under their coats, and the last train of the night was late. He began to write a letter about "
    "the moon: why it has phases, why the tides follow it, and why nobody in the village had ever asked him. Halfway "
    "through he stopped, made tea, and wrote the first page again, this time with drawings. By the morning there were "
    "nine pages, two maps and a photograph of the frozen lake. "
)

LONG_QUESTION = (
    "Is it possible to say how long a request waits, how long it runs and how often it fails, when every engine has a "
    "cache of its own, the limit of the model is unknown, and the documents that the search engine found are so long "
    "that only the first part of each of them can be read at all, or does one have to measure it again every day? "
)

CHINESE_STORY = (
    "北京是中国的首都，今天天气很好，我们一起去公园看花，然后坐火车去上海。"
    "请问火车站怎么走？先一直走，再向左走，就到了。大熊猫在山里吃竹子，我们在城市里吃面包。"
    "水开了，请喝茶。搜索引擎找到了很多文档，最好的排在前面。"
)

LONG_WORD = "".join(f"methionyl{part}glutaminyl" for part in ("threo", "argin", "seryl", "leucyl", "valyl")) * 24
"""About 2,900 letters without a space."""

MANY_SPACES = "past the mill" + " " * 1200 + "and under the bridges"
