#!/bin/sh
# A trainer in POSIX sh, sed and awk: softmax regression on data.csv. Every request
# is a line of JSON on stdin, every answer one on stdout; stderr is for anything else.
export LC_ALL=C

# field NAME PATTERN prints a field of the request: by name, so that fields which
# this trainer knows nothing of do no harm.
field() { printf '%s\n' "$request" | sed -n 's/.*"'"$1"'": *\('"$2"'\).*/\1/p'; }

# Other data or other code make other runs; checksums say so by themselves.
hello() {
	printf '{"type":"ready","protocol":1,"classes":["small","medium","large"],"supports":["loss","weights_from"],'
	printf '"data":"apples/%s","version":"cksum:%s"}\n' "$(cksum <data.csv)" "$(cksum <train.sh)"
}

train() {
	run=$(field run '"[^"]*"') number='[-+.0-9eE]*' list='\[[^]]*\]'
	awk -F, -v run="$run" -v seed="$(field seed "$number")" -v epochs="$(field epochs "$number")" \
		-v rate="$(field rate "$number")" -v weights="$(field class_weights "$list")" \
		-v from="$(field weights_from "$number")" -v parts="$(field parts "$list")" \
		-v shape="$(field test_shape true)" '

# Park and Miller: the same numbers in every awk, as rand() would not be.
function uniform() { state = state * 16807 % 2147483647; return state / 2147483647 }

# predict fills p with the probabilities of row i and returns the likeliest class.
function predict(i,   c, sum, top) {
	for (c = 1; c <= 3; c++) sum += p[c] = exp(b[c] + u[c] * x[i] + v[c] * y[i])
	for (c = top = 1; c <= 3; c++) { p[c] /= sum; if (p[c] > p[top]) top = c }
	return top
}

# confusion is the matrix of a part: a row for each true class, predicted ones across.
function confusion(name,   i, c, d, n, text) {
	for (i = 1; i <= rows; i++) if (part[i] == name) n[class[i], predict(i)]++
	for (c = 1; c <= 3; c++) for (d = 1; d <= 3; d++)
		text = text (d > 1 ? "," : c > 1 ? "],[" : "") n[c, d] + 0
	return "\"" name "\":{\"confusion\":[[" text "]]}"
}

# shape_of_test says how many test examples there are, and nothing of what the model does
# on them. They are sent as a matrix, without the prediction of each.
function shape_of_test(   i, n) {
	for (i = 1; i <= rows; i++) if (part[i] == "test") n[class[i]]++
	return "\"test_shape\":{\"examples\":[" n[1] + 0 "," n[2] + 0 "," n[3] + 0 "],\"predictions\":false}"
}

BEGIN { index_of["small"] = 1; index_of["medium"] = 2; index_of["large"] = 3 }
NR > 1 { part[++rows] = $1; class[rows] = index_of[$2]; x[rows] = $3 - 7.2; y[rows] = ($4 - 150) / 40 }
NR > 1 && $1 == "train" { learn[++learns] = rows }

END {
	list = weights; gsub(/[][]/, "", list); split(list, w, ",")
	state = seed % 2147483646 + 1 # the seed draws the training rows, with replacement
	for (i = 1; i <= 10; i++) uniform()
	for (j = 1; j <= learns; j++) total += w[class[drawn[j] = learn[1 + int(uniform() * learns)]]]
	for (epoch = 1; epoch <= epochs; epoch++) {
		loss = 0; split("", db); split("", du); split("", dv)
		for (j = 1; j <= learns; j++) {
			i = drawn[j]; predict(i)
			# Divided by their sum, as in PyTorch, so only the ratios of the weights count.
			share = epoch > from * epochs ? w[class[i]] / total : 1 / learns
			loss -= share * log(p[class[i]])
			for (c = 1; c <= 3; c++) {
				g = share * (p[c] - (c == class[i]))
				db[c] += g; du[c] += g * x[i]; dv[c] += g * y[i]
			}
		}
		for (c = 1; c <= 3; c++) { b[c] -= rate * db[c]; u[c] -= rate * du[c]; v[c] -= rate * dv[c] }
		printf "{\"type\":\"epoch\",\"run\":%s,\"epoch\":%d,\"loss\":%.6f}\n", run, epoch, loss
		fflush()
	}
	printf "{\"type\":\"result\",\"run\":%s,\"class_weights\":%s,\"epochs\":%d,", run, weights, epochs
	print confusion("train") "," confusion("val") (parts ~ /"test"/ ? "," confusion("test") : "") (shape ? "," shape_of_test() : "") "}"
}' data.csv || printf '{"type":"error","run":%s,"message":"awk failed","retry":false}\n' "$run"
}

while IFS= read -r request; do
	case $(field type '"[a-z]*"') in
	'"hello"') hello ;;
	'"train"') train ;;
	'"bye"') exit ;;
	esac
done
