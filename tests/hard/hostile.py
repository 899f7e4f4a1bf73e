"""Templates that try to leave the sandbox or to use up the machine.

The escapes follow what was reported against Jinja's sandbox (CVE-2014-1402, CVE-2016-10745, CVE-2019-10906,
CVE-2024-22195, CVE-2024-56201, CVE-2024-56326, CVE-2025-27516) and what its issue threads discuss.
"""

from __future__ import annotations

# Every expression must be refused.
ESCAPES = """
''.__class__
''.__class__.__mro__[1].__subclasses__()
''['__class__']
''|attr('__class__')
[s]|map(attribute='__class__')|list
[s]|map('attr', '__class__')|list
[[s]]|map(attribute='0.format')|list
list|sort(attribute='__class__')
list|groupby('__class__')|list
list|sum(attribute='__class__')
list|selectattr('__class__')|list
list|unique(attribute='__class__')|list
list|min(attribute='__class__')
list|join(',', attribute='__class__')
[s]|join(',', attribute='upper')
'{0.__class__}'.format(1)
'{a.__class__}'.format_map(map)
'{0.__class__.__init__.__globals__}'|format(1)
['{0.__class__}']|map('format', 1)|list
s.format
s.encode()
(s|attr)('format')
map.__class__
map.get.__self__
map.get
map.items().mapping
map.update(a=1)
map.pop('a')
list.append(1)
list.__iter__
dict.__mro__
dict.fromkeys(list, 1).__class__
range.__globals__
cycler.__init__.__globals__
cycler('a').next.__globals__
cycler('a').next.__func__
joiner.__init__.__globals__
joiner(',').__call__
namespace.__init__.__globals__
namespace(a=1).__class__
namespace(a=1)._Namespace__attrs
self
self.__init__
self._TemplateReference__context
self._TemplateReference__context.environment
context
environment.from_string('x')
caller
varargs
loop
lipsum.__globals__
url_for.__globals__
get_flashed_messages.__globals__
__import__('os')
cond_expr_undefined
missing.__class__
missing._fail_with_undefined_error
s._paths
map._paths
none.__class__
true.__class__
1.0.__class__
(1).__class__
().__class__
{}.__class__
map|xmlattr
s|pprint
list|random
s|urlize
s|forceescape
s is sameas s
s is filter
s is callable
'\U0010fe0a\U0010fe00\U0010fe0b'|safe
'\\U0010fe0a\\U0010fe00\\U0010fe0b'|safe
'a' * 3
[1] * 3
'%s' % 1
'%999999999d' % 1
[s, 1].__len__()
s.join(list)
s.center(99)
s.ljust(99)
s.zfill(99)
s.translate({})
s.expandtabs()
s.maketrans({})
list|map('attr', 'x')|list
lambda: 1
await s
import os
s := 1
1 if
1e999
-1e999
{**map}
[*list]
f'{s}'
(x for x in list)
`id`
""".strip().split("\n")

_BIG = "{% set big = (('x'|indent(800, true))|replace(' ', 'y'))|replace('y', 'z'|indent(800, true)) %}"


def _loop(step: str, show: str = "1", start: str = "[1]", rounds: int = 60) -> str:
    loop = f"{{% for i in range({rounds}) %}}{{% set x.v = {step} %}}{{% endfor %}}"
    return f"{_BIG}{{% set x = namespace(v={start}) %}}{loop}  k: {show}\n"


# Each must be answered within the bounds, whatever the answer is.
BOMBS = {
    "joined text": _loop("x.v ~ x.v", "{{ x.v }}", "'a'"),
    "added text": _loop("x.v + x.v", "{{ x.v }}", "'a'"),
    "added lists": _loop("x.v + x.v", "{{ x.v }}"),
    "shared lists": _loop("[x.v, x.v]", "{{ x.v }}"),
    "shared tuples": _loop("(x.v, x.v)", "{{ x.v }}", "(1,)"),
    "shared maps": _loop("{'a': x.v, 'b': x.v}", "{{ x.v }}"),
    "shared by dict()": _loop("dict(a=x.v, b=x.v)", "{{ x.v }}"),
    "shared by combine": _loop("{}|combine({'a': x.v, 'b': x.v})", "{{ x.v }}"),
    "shared by map": _loop("list|map(attribute='q', default=x.v)|list", "{{ x.v }}"),
    "shared as JSON": _loop("[x.v, x.v]", "{{ x.v|tojson }}"),
    "shared as YAML": _loop("[x.v, x.v]", "{{ x.v|toyaml }}"),
    "shared hashed": _loop("[x.v, x.v]", "{{ x.v|sha256 }}"),
    "shared compared": _loop("[x.v, x.v]", "{{ x.v == [x.v, x.v] }}", rounds=21),
    "shared as text": _loop("[x.v, x.v]", "{{ x.v|upper }}"),
    "shared as key": _loop("(x.v, x.v)", "{{ {x.v: 1} }}", "(1,)", 22),
    "shared as index": _loop("(x.v, x.v)", "{{ map[x.v] }}", "(1,)", 22),
    "shared in set blocks": "{% set x = namespace(v=map) %}{% for i in range(60) %}"
    "{% set y %}{{ x.v }}{{ x.v }}{% endset %}{% set x.v = y %}{% endfor %}  k: {{ x.v }}\n",
    "empty set blocks": "{% set y %}{% endset %}{% set x = namespace(v=y) %}{% for i in range(60) %}"
    "{% set y %}{{ x.v }}{{ x.v }}{% endset %}{% set x.v = y %}{% endfor %}  k: {{ x.v }}\n",
    "deep lists": _loop("[x.v]", "{{ x.v }}", rounds=90_000),
    "deep maps": _loop("{'a': x.v}", "{{ x.v|tojson }}", rounds=90_000),
    "kept text": _loop("[x.v, big|upper]", rounds=90_000),
    "kept slices": _loop("[x.v, big[1:]]", rounds=90_000),
    "kept pieces": _loop("[x.v, big.split('x')]", rounds=90_000),
    "kept ranges": _loop("[x.v, range(100000)|list]", rounds=90_000),
    "counted text": _loop("big.count('zzzzy')", rounds=90_000),
    "compared text": _loop("big == big|upper", rounds=90_000),
    "searched text": _loop("'zzzzy' in big", rounds=90_000),
    "hashed text": _loop("big|sha256", rounds=90_000),
    "coded text": _loop("x.v|b64encode", start="'a'", rounds=200),
    "escaped text": _loop("x.v|tojson", start="'a'", rounds=200),
    "summed lists": _loop("[x.v, x.v]|sum(start=[])", rounds=50),
    "doubled numbers": _loop("x.v + x.v", "{{ x.v }}", "1", 90_000),
    "subtracted numbers": _loop("x.v - -x.v", "{{ x.v }}", "1", 90_000),
    "squared numbers": _loop("x.v * x.v", "{{ x.v }}", "3", 90_000),
    "towers": "  k: {{ 9 ** 9 ** 9 ** 9 }}\n",
    "long numbers": f"  k: {{{{ {'9' * 50_000} }}}}\n",
    "range": "  k: {{ range(10**9)|list }}\n",
    "range in a loop": "{% for i in range(10**9) %}{% endfor %}  k: 1\n",
    "nested loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}  k: 1\n",
    "filtered loop": "{% for i in range(99999) %}{% for j in range(99999) if j < 0 %}"
    "{% endfor %}{% endfor %}  k: 1\n",
    "long output": "  k: |\n{% for i in range(99999) %}    " + "x" * 5000 + "\n{% endfor %}",
    "indented": "  k: |\n" + "{% filter indent(800, true) %}" * 40 + "a\n" * 900 + "{% endfilter %}" * 40,
    "wide JSON": "  k: {{ map|tojson(10**9) }}\n",
    "wide indent": "  k: {{ s|indent(10**9, true) }}\n",
    "long join": _BIG + "  k: {{ range(99999)|join(big) }}\n",
    "long replace": _BIG + "  k: {{ big|replace('', big) }}\n",
    "precise": "  k: {{ 1.5|round(10**9) }}\n",
    "macro without end": "{% macro m() %}{{ m() }}{% endmacro %}  k: {{ m() }}\n",
    "macro that doubles": "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}"
    "{% endmacro %}  k: {{ m(60) }}\n",
    "macro that shares": "{% macro m(n, x) %}{% if n %}{{ m(n-1, [x, x]) }}{% else %}{{ x == 1 }}{% endif %}"
    "{% endmacro %}  k: {{ m(60, [1]) }}\n",
    "call without end": "{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}\n",
    "include without end": "{% include 't.yaml.j2' %}\n",
    "import without end": "{% import 't.yaml.j2' as t %}\n",
    "extends without end": "{% extends 't.yaml.j2' %}\n",
    "block without end": "{% block a %}{{ self.a() }}{% endblock %}\n",
    "recursive loop": "{% for i in list recursive %}{{ loop(list) }}{{ loop(list) }}{% endfor %}\n",
    "deep brackets": f"  k: {{{{ {'(' * 9999}1{')' * 9999} }}}}\n",
    "deep lists in source": f"  k: {{{{ {'[' * 9999}{']' * 9999} }}}}\n",
    "deep signs": f"  k: {{{{ {'-' * 9999}1 }}}}\n",
    "deep filters": f"  k: {{{{ s{'|upper' * 9999} }}}}\n",
    "deep attributes": f"  k: {{{{ map{'.a' * 9999} }}}}\n",
    "deep sums": f"  k: {{{{ {'1+' * 9999}1 }}}}\n",
    "deep conditions": "{% if 1 %}" * 9999 + "{% endif %}" * 9999,
    "deep loops": "{% for i in list %}" * 30 + "{% endfor %}" * 30,
    "many branches": "{% if 0 %}" + "{% elif 0 %}" * 9999 + "{% endif %}",
    "many tags": "  k: " + "{{ s }}" * 200_000,
    "deep flow": "  k: " + "[" * 99_999,
    "deep flow maps": "  k: " + "{a: " * 9999 + "}" * 9999,
    "deep blocks": "".join(f"  {' ' * n}k:\n" for n in range(2000)),
    "aliases": "  a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"  k{n}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
    "many problems": "".join(f"  k{n}: yes\n" for n in range(20_000)),
}

# A way to files or to another template must be refused.
PATHS = """
{% include '../values/dev.yaml' %}
{% include '../../../../etc/passwd' %}
{% include '/etc/passwd' %}
{% include './../schema/values.schema.json' %}
{% import '/etc/passwd' as x %}
{% from '..' import x %}
{% extends '/etc/passwd' %}
{% include ['/etc/passwd', none] %}
{% include 'outside.j2' %}
{% include 'folder/secret.j2' %}
{% include '\\x00' %}
{% include none %}
{% include 5 %}
{% include map %}
{% include 'C:\\\\boot.ini' %}
{% include 'file:///etc/passwd' %}
""".strip().split("\n")
