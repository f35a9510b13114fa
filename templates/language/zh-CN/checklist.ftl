# 简体中文: checklist
