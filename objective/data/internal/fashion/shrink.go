package fashion

// Sizes of an official image, a sample image and a packed sample image.
const (
	// Side is the height and width of an image in the sample.
	Side = 14
	// Levels is the number of grey levels in the sample, 0 is black.
	Levels = 16

	officialSide = 2 * Side
	packedBytes  = Side * Side / 2
)

// shrink returns the levels, row by row, of an official image of 28 x 28
// pixels, row by row. Each level is made of a 2 x 2 block:
//
//	level = ((p0 + p1 + p2 + p3 + 2) / 4 + 8) / 17
//
// with integer divisions; the result is 0 to 15. It panics if the image has
// another size.
func shrink(image []byte) [Side * Side]byte {
	if len(image) != officialSide*officialSide {
		panic("fashion: shrink wants an image of 28 x 28 pixels")
	}
	var out [Side * Side]byte
	for y := range Side {
		for x := range Side {
			i := 2*y*officialSide + 2*x
			sum := int(image[i]) + int(image[i+1]) +
				int(image[i+officialSide]) + int(image[i+officialSide+1])
			out[y*Side+x] = byte(((sum+2)/4 + 8) / 17)
		}
	}
	return out
}

// pack appends an image's levels, two to a byte, column by column.
func pack(dst []byte, levels *[Side * Side]byte) []byte {
	for x := range Side {
		for y := 0; y < Side; y += 2 {
			dst = append(dst, levels[y*Side+x]<<4|levels[(y+1)*Side+x])
		}
	}
	return dst
}

// unpack is the inverse of pack: it fills Side*Side levels, row by row, from
// packedBytes bytes.
func unpack(levels, packed []byte) {
	for i, b := range packed {
		x, y := i/(Side/2), 2*(i%(Side/2))
		levels[y*Side+x] = b >> 4
		levels[(y+1)*Side+x] = b & 15
	}
}
