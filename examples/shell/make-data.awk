# Makes data.csv: apples of three sizes, told apart by diameter and weight.
#
#   awk -f make-data.awk > data.csv
#
# Class c = 0, 1, 2 (small, medium, large) has
#
#   diameter = 6 + 1.2 c + N(0, 1) cm        weight = 120 + 30 c + N(0, 40) g
#
# so that medium overlaps with both its neighbours. Each of the parts train, val
# and test has 200 apples of each size.

# Park and Miller's generator: the same numbers in every awk.
function uniform() { state = state * 16807 % 2147483647; return state / 2147483647 }
function normal() { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()) }

BEGIN {
	state = 2026
	split("train val test", part); split("small medium large", size)
	print "part,size,diameter,weight"
	for (p = 1; p <= 3; p++) for (i = 0; i < 600; i++) {
		c = i % 3
		d = 6 + 1.2 * c + normal(); w = 120 + 30 * c + 40 * normal()
		printf "%s,%s,%.2f,%.1f\n", part[p], size[c + 1], d, w
	}
}
