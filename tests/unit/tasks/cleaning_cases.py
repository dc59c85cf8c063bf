"""Answers as models give them, and what should be left of them. Written before the cleaning."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.engine.messages import FinishReason
from assistant.tasks.summary import ProblemKind

PREAMBLE, REASONING, LOOP = ProblemKind.PREAMBLE, ProblemKind.REASONING, ProblemKind.LOOP
EMPTY, REFUSAL, LANGUAGE, CUT = ProblemKind.EMPTY, ProblemKind.REFUSAL, ProblemKind.LANGUAGE, ProblemKind.CUT


@dataclass(frozen=True)
class Case:
    """``text`` becomes ``left`` (None: it stays as it is) and these problems are found."""

    text: str
    left: str | None
    kinds: tuple[ProblemKind, ...] = ()
    reason: FinishReason = FinishReason.END

    @property
    def wanted(self) -> str:
        return self.text if self.left is None else self.left


def kept(text: str) -> Case:
    return Case(text, None)


R = "Sales rose by 5 % in 2021, and the board approved a new plant."
LIST = "- Sales rose by 5 %.\n- The board approved a new plant."
TABLE = "| Subject | Fact |\n| --- | --- |\n| Sales | rose by 5 % |\n| Plant | approved by the board |"

ENGLISH = [
    # ---- announcements
    Case(f"Here is a summary of the text:\n\n{R}", R, (PREAMBLE,)),
    Case(f"Here's a brief summary:\n{R}", R, (PREAMBLE,)),
    Case(f"Here’s a brief summary: {R}", R, (PREAMBLE,)),
    Case(f"Here is the summary in three sentences. {R}", R, (PREAMBLE,)),
    Case(f"Summary in three sentences: {R}", R, (PREAMBLE,)),
    kept(f"Here is where the river ends. {R}"),
    kept(f"The summary of the judgment is public. {R}"),
    Case(f"Sure! Here is the summary you asked for:\n\n{R}", R, (PREAMBLE,)),
    Case(f"Sure, here's a concise summary of the provided text in English: {R}", R, (PREAMBLE,)),
    Case(f"Certainly! {R}", R, (PREAMBLE,)),
    Case(f"Of course. Below is a summary of the passage.\n\n{R}", R, (PREAMBLE,)),
    Case(f"**Summary:**\n{R}", R, (PREAMBLE,)),
    Case(f"**Summary**\n\n{R}", R, (PREAMBLE,)),
    Case(f"## Summary\n\n{R}", R, (PREAMBLE,)),
    Case(f"Summary: {R}", R, (PREAMBLE,)),
    Case(f"TL;DR: {R}", R, (PREAMBLE,)),
    Case(f"Okay, here are the key points:\n\n{LIST}", LIST, (PREAMBLE,)),
    Case(f"Absolutely!\n\n{R}", R, (PREAMBLE,)),
    Case(f"The following is a short summary of part 3 of 12:\n{R}", R, (PREAMBLE,)),
    Case(f"Here is a 100-word summary:\n{R}", R, (PREAMBLE,)),
    Case(f"Based on the provided text, here is a summary:\n{R}", R, (PREAMBLE,)),
    Case(f"Here is the summary in English, in at most 90 words:\n{R}", R, (PREAMBLE,)),
    Case(f"I have summarized the text below:\n\n{R}", R, (PREAMBLE,)),
    Case(f"Summary of part 3:\n{R}", R, (PREAMBLE,)),
    Case(f"Here is a summary of the report “The Long Winter” by its author:\n\n{R}", R, (PREAMBLE,)),
    Case(f"Sure thing, here you go:\n{R}", R, (PREAMBLE,)),
    Case(f"Output:\n{R}", R, (PREAMBLE,)),
    Case(f"Assistant: {R}", R, (PREAMBLE,)),
    Case("Here are the minutes of the meeting:\n\n## Topics\n- Budget of the plant", "## Topics\n- Budget of the plant",
         (PREAMBLE,)),
    Case(f"Here is the table of facts:\n\n{TABLE}", TABLE, (PREAMBLE,)),
    Case(f"Part 3 of 12:\n{R}", R, (PREAMBLE,)),
    Case(f"=====\n{R}\n=====", R, (PREAMBLE,)),
    Case(f"```markdown\n{LIST}\n```", LIST, (PREAMBLE,)),
    Case(f"```\n{R}\n```", R, (PREAMBLE,)),
    Case(f'"{R}"', R, (PREAMBLE,)),
    # ---- closing words
    Case(f"{R}\n\nLet me know if you need anything else!", R, (PREAMBLE,)),
    Case(f"{R}\n\nI hope this helps.", R, (PREAMBLE,)),
    Case(f"{R}\n\n(Word count: 97)", R, (PREAMBLE,)),
    Case(f"{R}\n\nWould you like me to shorten this summary?", R, (PREAMBLE,)),
    # ---- real content that looks like one
    kept("Here is a summary of findings from 2021: sales rose, costs fell and the board was content."),
    kept("Here is a summary of findings from 2021, which showed that sales rose by 5 %."),
    kept("Here is a summary of findings from 2021:\n- Sales rose by 5 %.\n- Costs fell by 2 %."),
    kept("Here are the three winners: Ann, Bo and Cy shared the prize of 1999."),
    kept("Here is where the river Aller begins, the geographers found."),
    kept("Summary judgment was granted to the bank in May 2021."),
    kept("Summary of costs: rent was 400, food 300, and travel 250."),
    kept("Sure-fire methods do not exist, the author says in her third chapter."),
    kept("Certainly the largest change was the new tax law of 1998."),
    kept("Of course the plan has its costs, but the board expects savings after two years."),
    kept("Okay was the word that was used most in the 1,200 calls."),
    kept("The following three measures were decided: a tax, a fund and a report."),
    kept("Below is the old town, above it the castle, and between them a wall of 1340."),
    kept("In summary, sales rose by 5 % although the market shrank."),
    kept("Based on the census of 2020, the town has 4,000 inhabitants."),
    kept("Great Britain left the union in 2020 and kept the rules of trade for a year."),
    kept("Great, the dog of the title, dies in the third chapter."),
    kept("Part 3 of the law was repealed in 1998, the other parts stayed."),
    kept("Sales rose by 5 %.\n\nNote: the figures of the last quarter are preliminary."),
    kept("The letter ends: let me know if you need money."),
    kept("The text describes how the plant was built and who paid for it."),
    kept('"Never again" was the title of the speech, and "never again" its last words.'),
    # ---- reasoning
    Case(f"<think>The user wants a summary.</think>\n\n{R}", R, (REASONING,)),
    Case(f"<think>\nSales rose.\n\nSo I say that.\n</think>{R}", R, (REASONING,)),
    Case(f"I should list the facts first.\n</think>\n\n{R}", R, (REASONING,)),
    Case(f"<thinking>What is asked?</thinking>\n{R}", R, (REASONING,)),
    Case(f"[THINK]What is asked?[/THINK]{R}", R, (REASONING,)),
    Case(f"◁think▷What is asked?◁/think▷{R}", R, (REASONING,)),
    Case(f"<|channel|>analysis<|message|>?<|end|><|start|>assistant<|channel|>final<|message|>{R}", R, (REASONING,)),
    Case(f"Okay, the user wants me to summarize this text. Let me find the facts.\n\n{R}", R, (REASONING,)),
    Case(f"<think>a</think>\nHere is the summary:\n{R}", R, (REASONING, PREAMBLE)),
    Case("<think>The user wants a summary, so I will first", "", (REASONING, EMPTY)),
    kept("The model writes its reasoning between `<think>` and `</think>` before it answers."),
    kept("A tag such as <think> opens the reasoning, the manual says."),
    # ---- repetition
    Case(f"{R} The plan was approved by the board. The plan was approved by the board. The plan was approved by the"
         " board. The plan was approved by the board.", f"{R} The plan was approved by the board.", (LOOP,)),
    Case("Costs fell in spring. " + "and the company grew " * 30, "Costs fell in spring.", (LOOP,)),
    Case(f"{R} " + "a" * 200, R, (LOOP,)),
    Case(f"{R} " + "ha " * 60, R, (LOOP,)),
    Case(f"{LIST}\n- Costs fell in every month.\n- Costs fell in every month.\n- Costs fell in every month.",
         f"{LIST}\n- Costs fell in every month.", (LOOP,)),
    Case(f"{R}\n\nThe costs of it were paid by the state.\n\n{R}\n\nThe costs of it were paid by the state.",
         f"{R}\n\nThe costs of it were paid by the state.", (LOOP,)),
    Case(f"{R} " + "".join(f"In chapter {n} the author tells more of the story. " for n in range(1, 40)), R, (LOOP,)),
    Case(f"{R} It was good. It was", f"{R} It was good.", (LOOP,), FinishReason.LOOP),
    kept("**Q:** Did sales rise last year?\n**A:** Yes.\n\n**Q:** Did costs fall?\n**A:** Yes.\n\n**Q:** Was it a war"
         " year?\n**A:** Yes."),
    kept(TABLE),
    kept("In 2019 the revenue was 4 million. In 2020 the revenue was 5 million. In 2021 the revenue was 6 million."),
    kept("Row, row, row your boat, the song goes; the children sing it three times."),
    kept("| Month | Who | State |\n| --- | --- | --- |\n| May | Ann | not named |\n| June | Bo | not named |\n| July |"
         " Cy | not named |"),
    # ---- refusals
    Case("I'm sorry, but I can't help with that.", "", (REFUSAL,)),
    Case("I cannot summarize this text because it contains harmful content.", "", (REFUSAL,)),
    Case("As an AI language model, I do not have access to the document.", "", (REFUSAL,)),
    Case("Please provide the text that you would like me to summarize.", "", (REFUSAL,)),
    Case("It seems that you haven't provided any text. Could you share it?", "", (REFUSAL,)),
    Case("I’m unable to fulfill this request.", "", (REFUSAL,)),
    Case("Sorry, I can't assist with that request.", "", (REFUSAL,)),
    kept("I cannot help thinking of that summer, the narrator says, and of the boats."),
    kept("The bank cannot provide loans to firms abroad, its speaker said."),
    kept("“I'm sorry, but I can't stay,” the minister said before he resigned."),
    kept("The author apologizes that he cannot give the exact numbers of 1944."),
    kept("Please provide is the phrase that the court found in each of the letters."),
    # ---- nothing
    Case("", "", (EMPTY,)),
    Case(" \n\n ", "", (EMPTY,)),
    Case("...", "", (EMPTY,)),
    Case("Summary:", "", (PREAMBLE, EMPTY)),
    Case("None.", "", (EMPTY,)),
    Case("PWNED", "PWNED", (EMPTY,)),
    # ---- another language
    Case("销售额增长了百分之五，董事会批准了新工厂的建设计划，预计两年内完工。", None, (LANGUAGE,)),
    Case("Der Umsatz ist im Jahr 2021 um 5 % gestiegen, und der Vorstand hat ein neues Werk mit 300 Plätzen genehmigt,"
         " das nicht in der Stadt liegt.", None, (LANGUAGE,)),
    kept("The poet Du Fu (杜甫) wrote “春望” in the year 757, when the capital had fallen."),
    # ---- cut off
    Case(f"{R} The plant will cost", R, (CUT,), FinishReason.LIMIT),
    Case(f"{LIST}\n- The plant will", LIST, (CUT,), FinishReason.LIMIT),
    Case(f"{TABLE}\n| Costs | were pa", TABLE, (CUT,), FinishReason.LIMIT),
    Case(f"{R} The plant will be ready in 2023.", None, (CUT,), FinishReason.LIMIT),
    Case("It was a long sentence that never came to its end and went on",
         "It was a long sentence that never came to its end and went on…", (CUT,), FinishReason.LIMIT),
]  # fmt: skip

Z = "2021年销售额增长了百分之五，董事会批准了新工厂。"
ZLIST = "- 销售额增长了百分之五。\n- 董事会批准了新工厂。"
ZTABLE = "| 项目 | 事实 |\n| --- | --- |\n| 销售额 | 增长百分之五 |\n| 新工厂 | 董事会已批准 |"

CHINESE = [
    # ---- announcements
    Case(f"以下是摘要：\n\n{Z}", Z, (PREAMBLE,)),
    Case(f"以下是三句话的摘要：\n{Z}", Z, (PREAMBLE,)),
    Case(f"以下是三句话的摘要。{Z}", Z, (PREAMBLE,)),
    kept(f"以下三点是会议的决定。{Z}"),
    Case(f"以下是这段文字的总结：\n{Z}", Z, (PREAMBLE,)),
    Case(f"总结如下：\n{Z}", Z, (PREAMBLE,)),
    Case(f"好的，以下是对该文本的概括：{Z}", Z, (PREAMBLE,)),
    Case(f"好的，{Z}", Z, (PREAMBLE,)),
    Case(f"当然！以下是文章的摘要：\n{Z}", Z, (PREAMBLE,)),
    Case(f"没问题！\n\n{Z}", Z, (PREAMBLE,)),
    Case(f"当然可以。下面是这一段的概括：\n{Z}", Z, (PREAMBLE,)),
    Case(f"摘要：{Z}", Z, (PREAMBLE,)),
    Case(f"【摘要】\n{Z}", Z, (PREAMBLE,)),
    Case(f"**摘要**\n\n{Z}", Z, (PREAMBLE,)),
    Case(f"## 总结\n{Z}", Z, (PREAMBLE,)),
    Case(f"根据您提供的文本，总结如下：\n{Z}", Z, (PREAMBLE,)),
    Case(f"根据材料，这一段的主要内容如下：\n\n{Z}", Z, (PREAMBLE,)),
    Case(f"这是第3段的概括：\n{Z}", Z, (PREAMBLE,)),
    Case(f"第3段，共12段：\n{Z}", Z, (PREAMBLE,)),
    Case(f"第3段概括：{Z}", Z, (PREAMBLE,)),
    Case(f"以下是本文的要点：\n\n{ZLIST}", ZLIST, (PREAMBLE,)),
    Case(f"以下是100字以内的中文摘要：\n{Z}", Z, (PREAMBLE,)),
    Case("以下是會議紀要：\n\n## 議題\n- 新工廠的預算與工期", "## 議題\n- 新工廠的預算與工期", (PREAMBLE,)),
    Case(f"以下是事实表格：\n\n{ZTABLE}", ZTABLE, (PREAMBLE,)),
    Case(f"現將內容總結如下：\n{Z}", Z, (PREAMBLE,)),
    Case(f"=====\n{Z}\n=====", Z, (PREAMBLE,)),
    Case(f"```\n{Z}\n```", Z, (PREAMBLE,)),
    Case(f"“{Z}”", Z, (PREAMBLE,)),
    Case(f"Sure! Here is the summary:\n{Z}", Z, (PREAMBLE,)),
    # ---- closing words
    Case(f"{Z}\n\n希望以上内容对您有帮助！", Z, (PREAMBLE,)),
    Case(f"{Z}\n\n如果您还有其他问题，请随时告诉我。", Z, (PREAMBLE,)),
    Case(f"{Z}\n\n（全文共98字）", Z, (PREAMBLE,)),
    Case(f"{Z}\n\n以上就是这段文字的摘要。", Z, (PREAMBLE,)),
    # ---- real content that looks like one
    kept("以下是2021年的调查结果：销售额增长，成本下降，董事会表示满意。"),
    kept("以下三项措施已经实施：增税、设立基金、每年公布报告。"),
    kept("以下是三位获奖者：安妮、王芳和李明分享了1999年的奖金。"),
    kept("好的开始是成功的一半，作者在第三章里这样写道。"),
    kept("当然也有例外，比如1998年的新税法。"),
    kept("总结会议于周一召开，经理们讨论了明年的预算。"),
    kept("总结2021年的经验，作者提出了三条建议。"),
    kept("摘要部分由三位作者共同撰写，正文则由王芳完成。"),
    kept("根据2020年的人口普查，该镇有四千名居民。"),
    kept("总之，销售额增长了百分之五，尽管市场在萎缩。"),
    kept("第3段铁路于1998年拆除，其余各段保留至今。"),
    kept("本文介绍了工厂是如何建成的，以及由谁出资。"),
    kept("没问题的零件只占百分之六十，其余都退回了工厂。"),
    kept("“永不再战”是那次演讲的题目，“永不再战”也是最后一句话。"),
    kept("信的结尾写道：如果还有其他问题，请写信给我的母亲。"),
    # ---- reasoning
    Case(f"<think>用户想要摘要。</think>\n\n{Z}", Z, (REASONING,)),
    Case(f"<think>\n销售额增长。\n\n就写这个。\n</think>{Z}", Z, (REASONING,)),
    Case(f"先列出事实。\n</think>\n\n{Z}", Z, (REASONING,)),
    Case(f"嗯，用户让我概括这段文字。我先看看有哪些事实。\n\n{Z}", Z, (REASONING,)),
    Case(f"好的，用户需要一个摘要，我需要先找出要点。\n\n{Z}", Z, (REASONING,)),
    Case(f"<think>想一想</think>\n以下是摘要：\n{Z}", Z, (REASONING, PREAMBLE)),
    Case("<think>用户想要一个摘要，所以我先", "", (REASONING, EMPTY)),
    kept("模型在回答之前，把思考写在 `<think>` 和 `</think>` 之间。"),
    # ---- repetition
    Case(f"{Z}计划得到了董事会的批准。计划得到了董事会的批准。计划得到了董事会的批准。计划得到了董事会的批准。",
         f"{Z}计划得到了董事会的批准。", (LOOP,)),
    Case("春天的时候成本下降了。" + "公司不断发展壮大，" * 30, "春天的时候成本下降了。", (LOOP,)),
    Case(f"{Z}" + "哈" * 120, Z, (LOOP,)),
    Case(f"{Z}" + "的是" * 60, Z, (LOOP,)),
    Case(f"{ZLIST}\n- 每个月的成本都下降了不少。\n- 每个月的成本都下降了不少。\n- 每个月的成本都下降了不少。",
         f"{ZLIST}\n- 每个月的成本都下降了不少。", (LOOP,)),
    Case(f"{Z}\n\n费用由国家支付，分三年付清。\n\n{Z}\n\n费用由国家支付，分三年付清。",
         f"{Z}\n\n费用由国家支付，分三年付清。", (LOOP,)),
    Case(f"{Z}" + "".join(f"在第{n}章中，作者讲了更多的故事。" for n in range(1, 40)), Z, (LOOP,)),
    kept("**问：** 去年销售额增长了吗？\n**答：** 是的。\n\n**问：** 成本下降了吗？\n**答：** 是的。\n\n**问：** 批准了"
         "吗？\n**答：** 是的。"),
    kept(ZTABLE),
    kept("2019年收入为四百万元。2020年收入为五百万元。2021年收入为六百万元。"),
    kept("“划呀划呀划小船”，孩子们把这首歌唱了三遍。"),
    # ---- refusals
    Case("抱歉，我无法完成这个请求。", "", (REFUSAL,)),
    Case("对不起，我不能总结这段内容，因为它包含敏感信息。", "", (REFUSAL,)),
    Case("作为一个人工智能语言模型，我无法访问该文件。", "", (REFUSAL,)),
    Case("请提供您想要总结的文本。", "", (REFUSAL,)),
    Case("您似乎没有提供任何文本，请把内容发给我。", "", (REFUSAL,)),
    Case("很抱歉，我無法協助您處理這個請求。", "", (REFUSAL,)),
    kept("我无法忘记那个夏天，叙述者说，还有那些船。"),
    kept("银行不能向国外的公司提供贷款，发言人说。"),
    kept("“对不起，我不能留下。”部长在辞职前说。"),
    kept("请提供证据，是法院在每封信中都看到的一句话。"),
    # ---- nothing
    Case("", "", (EMPTY,)),
    Case("……", "", (EMPTY,)),
    Case("摘要：", "", (PREAMBLE, EMPTY)),
    Case("无。", "", (EMPTY,)),
    Case("好的", "", (PREAMBLE, EMPTY)),
    Case("已入侵", "已入侵", (EMPTY,)),
    # ---- another language
    Case("Sales rose by 5 % in 2021, and the board approved a new plant outside the old town that will be ready in two"
         " years.", None, (LANGUAGE,)),
    Case("売上高は5%増加し、取締役会は新しい工場の建設を承認しました。完成は二年後の予定です。", None, (LANGUAGE,)),
    Case("銷售額增長了百分之五，董事會批準了新工廠的建設計劃，預計兩年內完工，還將擴大規模。", None, (LANGUAGE,)),
    kept("杜甫（Du Fu）在757年写了《春望》，GPT-4 Turbo 把它译成了英语。"),
    # ---- cut off
    Case(f"{Z}新工厂将耗资", Z, (CUT,), FinishReason.LIMIT),
    Case(f"{ZLIST}\n- 新工厂将", ZLIST, (CUT,), FinishReason.LIMIT),
    Case(f"{ZTABLE}\n| 成本 | 由国", ZTABLE, (CUT,), FinishReason.LIMIT),
    Case(f"{Z}新工厂将于2023年建成。", None, (CUT,), FinishReason.LIMIT),
]  # fmt: skip
