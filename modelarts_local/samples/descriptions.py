# The full-width punctuation of the Chinese texts is meant:
# ruff: noqa: RUF001
"""What people write about their configurations, in the languages of the teams; often nothing."""

# `{model}`, `{data}`, `{n}` (the attempt) are filled in.
DESCRIPTIONS = {
    "en": (
        "Fine-tune {model} on {data}",
        "{model} baseline, do not delete",
        "Attempt {n}: lower learning rate, longer warm-up",
        "same as previous run but with label smoothing 0.1",
        "Nightly retraining of {model} ({data}), owner: see team wiki",
        "TEMP, please remove after the deadline",
        "Ablation: no augmentation, batch size 256, cosine schedule",
        "repro of the paper's table {n}",
        "Distributed training with 8 cards. If it fails with OOM, halve the batch size; if NCCL times out, "
        "set the interface by hand. Results go to the shared sheet. Checkpoints are kept for 30 days, copy "
        "what you need.",
    ),
    "zh": (
        "{model} 在 {data} 数据集上微调",
        "基线模型，请勿删除",
        "第{n}次实验：调整学习率和预热步数",
        "单机八卡训练，混合精度",
        "测试用",
        "从上一版本复制，增加数据增强",
        "每日增量训练任务（{data}）",
        "昇腾910迁移验证，与GPU精度对齐",
    ),
    "de": (
        "Modell für {data}, Stichtag Quartalsende",
        "Nachtraining nach Rückmeldung der Fachabteilung",
        "Versuch {n}: Merkmale ausgewählt, Schwellenwert geändert",
        "Überprüfung durch die Revision, bitte nicht löschen",
        "Nur zum Testen",
        "Neue Gewichtung für Großkunden (Ausreißer entfernt)",
    ),
    "fr": (
        "Entraînement de {model} sur {data}",
        "Référence pour la comparaison d'été, ne pas supprimer",
        "Essai n° {n} : pas de temps de 5 minutes",
        "Réglage fin après la tempête de février",
        "À vérifier : fuite entre apprentissage et validation ?",
        "Prévision immédiate, échéance 2 h",
    ),
    "es": (
        "Pronóstico de demanda, país: {data}",
        "Modelo {model} con días festivos y promociones",
        "Prueba {n}: sin datos de la pandemia",
        "Campaña de fin de año, ¡no borrar!",
        "Reentrenamiento semanal automático",
        "Versión para producción (señal de precios añadida)",
    ),
    "ar": (
        "تدريب نموذج {model} على مستندات ممسوحة ضوئيًا",
        "التعرف على النص العربي، التجربة رقم {n}",
        "نسخة تجريبية، لا تحذف",
        "إعادة التدريب بعد تصحيح البيانات",
    ),
    "he": (
        "אימון {model} על חשבוניות סרוקות",
        "ניסוי {n}: קצב למידה נמוך יותר",
        "גרסת בסיס, לא למחוק",
        "זיהוי טקסט בעברית עם ניקוד",
    ),
}
